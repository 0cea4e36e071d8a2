import { enrol } from './enrol.ts';

enrol(window);
