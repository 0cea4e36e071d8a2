const WIDTH = 640;
const HEIGHT = 420;

/** Hills at sunset, drawn here so that no picture has to be shipped. Each one has another sun. */
export async function samplePhoto(): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const draw = canvas.getContext('2d');
  if (draw !== null) paint(draw);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85));
  return new File([blob ?? new Blob()], 'paisagem.jpg', { type: 'image/jpeg' });
}

function paint(draw: CanvasRenderingContext2D): void {
  const sky = draw.createLinearGradient(0, 0, 0, HEIGHT);
  sky.addColorStop(0, '#3a5bc7');
  sky.addColorStop(0.55, '#ff9e6b');
  sky.addColorStop(1, '#ffe0bb');
  draw.fillStyle = sky;
  draw.fillRect(0, 0, WIDTH, HEIGHT);

  draw.fillStyle = '#fff3d6';
  draw.beginPath();
  draw.arc(WIDTH * (0.25 + Math.random() * 0.5), HEIGHT * 0.5, 46, 0, Math.PI * 2);
  draw.fill();

  const hills = ['#5b4a86', '#3d3a74', '#1f2a55'];
  hills.forEach((colour, index) => {
    const base = HEIGHT * (0.62 + index * 0.12);
    const phase = Math.random() * Math.PI * 2;
    draw.fillStyle = colour;
    draw.beginPath();
    draw.moveTo(0, HEIGHT);
    for (let x = 0; x <= WIDTH; x += 8) draw.lineTo(x, base + Math.sin(x / (90 - index * 16) + phase) * (26 - index * 4));
    draw.lineTo(WIDTH, HEIGHT);
    draw.fill();
  });
}
