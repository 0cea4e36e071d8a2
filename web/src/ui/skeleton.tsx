import { classes } from './classes.ts';

/** A grey shape of the size of what will stand there. */
export const Skeleton = ({ className }: { readonly className: string }) => (
  <div aria-hidden className={classes('animate-pulse rounded-lg bg-n-alpha-2', className)} />
);
