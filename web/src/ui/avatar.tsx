import { classes } from './classes.ts';

/** Chatwoot's pairs of background and text for initials. */
const PAIRS = [
  'bg-[#FBDCEF] text-[#A3206F] dark:bg-[#4B143D] dark:text-[#FF8DCC]',
  'bg-[#FFE0BB] text-[#8A4A30] dark:bg-[#3F2220] dark:text-[#FFA366]',
  'bg-[#CCF3EA] text-[#00705F] dark:bg-[#023B37] dark:text-[#0BD8B6]',
  'bg-[#EBEBFE] text-[#4747C2] dark:bg-[#222454] dark:text-[#A19EFF]',
  'bg-[#E1E9FF] text-[#3A5BC7] dark:bg-[#1D2E62] dark:text-[#9EB1FF]',
] as const;

const SIZES = { sm: 'size-6 text-[10px]', md: 'size-8 text-xs', lg: 'size-10 text-sm' } as const;

/** A person's initials; the name must stand beside it, since this is hidden from screen readers. */
export function Avatar({
  name,
  size = 'md',
  className,
}: {
  readonly name: string;
  readonly size?: keyof typeof SIZES;
  readonly className?: string;
}) {
  const words = name.trim().split(/\s+/);
  const initials = `${words[0]?.charAt(0) ?? ''}${words.length > 1 ? (words.at(-1)?.charAt(0) ?? '') : ''}`.toUpperCase();
  const pair = PAIRS[Array.from(name).reduce((sum, sign) => sum + (sign.codePointAt(0) ?? 0), 0) % PAIRS.length];
  return (
    <span
      aria-hidden
      className={classes(
        'inline-flex shrink-0 items-center justify-center rounded-full font-medium select-none',
        SIZES[size],
        pair,
        className,
      )}
    >
      {initials}
    </span>
  );
}
