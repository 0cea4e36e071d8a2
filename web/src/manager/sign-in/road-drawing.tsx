const ROADS = [
  'M-40 520 C 240 520 260 380 520 380 S 820 560 1080 520 1320 380 1500 400',
  'M-40 600 C 260 600 300 460 560 470 S 860 640 1100 610 1330 470 1500 490',
  'M-40 690 C 280 690 320 560 600 570 S 880 720 1120 700 1350 570 1500 590',
] as const;
const COLOURS = ['stroke-n-teal-9', 'stroke-n-blue-9', 'stroke-n-slate-7'] as const;

/** Lanes side by side, behind the form. Decoration. */
export const RoadDrawing = () => (
  <svg
    aria-hidden
    viewBox="0 0 1440 900"
    preserveAspectRatio="xMidYMid slice"
    className="absolute inset-0 size-full opacity-25 dark:opacity-30"
  >
    {ROADS.map((road, index) => (
      <g key={road} fill="none" strokeLinecap="round" className={COLOURS[index]}>
        <path d={road} strokeWidth="1.5" />
        <path d={road} strokeWidth="7" strokeDasharray="1 150" strokeDashoffset={index * 47} />
      </g>
    ))}
  </svg>
);
