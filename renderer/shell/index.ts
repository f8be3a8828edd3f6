/** The frame around the places. */
export { Frame } from './frame';
export { ThemeKeeper } from './theme-keeper';
