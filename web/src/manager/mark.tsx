import { classes } from '../ui/classes.ts';

/** Two ends and the road between them. */
export const Mark = ({ className }: { readonly className?: string }) => (
  <svg viewBox="0 0 32 32" aria-hidden className={classes('shrink-0', className)}>
    <rect width="32" height="32" rx="9" fill="#086DE0" />
    <path d="M7.5 18.5c4 0 4.5-7 8.5-7s4.5 7 8.5 7" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
    <circle cx="7.5" cy="18.5" r="3.2" fill="#0BD8B6" />
    <circle cx="24.5" cy="18.5" r="3.2" fill="#fff" />
  </svg>
);
