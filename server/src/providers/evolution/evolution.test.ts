import { describeProvider, readFixtures } from '../kit/conformance/index.ts';
import { evolution } from './index.ts';
import { wire } from './testing.ts';

describeProvider(evolution, {
  fixtures: readFixtures(new URL('./fixtures/', import.meta.url)),
  secretProperties: ['apikey', 'token', 'destination', 'jwt_key'],
  wire,
});
