import { expose } from 'comlink';
import { steps } from './storage-steps';

expose(steps);
