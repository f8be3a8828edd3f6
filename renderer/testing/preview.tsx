/** The window on a fake host, in a plain browser: for looking at it. Not part of the app. */
import { fakeStudio } from './fake-studio';
import { previewStates } from './preview-states';
import '../main';
import { connectStudio } from '../studio';

connectStudio(fakeStudio(previewStates(new URLSearchParams(location.search))));
