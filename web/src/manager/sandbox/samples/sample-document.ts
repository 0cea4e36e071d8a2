/** A one-page PDF with a title and today's date. */
export function sampleDocument(title: string, date: string): File {
  const line = (size: number, y: number, text: string): string =>
    `BT /F1 ${size} Tf 60 ${y} Td (${text.replaceAll(/[\\()]/g, '\\$&')}) Tj ET`;
  const content = [line(28, 740, title), line(12, 712, date), ...[3, 2, 1].map((row) => `60 ${580 + row * 28} 380 1 re f`)].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`;
  // One byte per sign: the font's encoding, and what the offsets were counted in.
  const bytes = Uint8Array.from(text, (sign) => Math.min(255, sign.codePointAt(0) ?? 32));
  return new File([bytes], `${title}.pdf`, { type: 'application/pdf' });
}
