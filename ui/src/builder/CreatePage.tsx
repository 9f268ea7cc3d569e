export { CreatePage as default } from './EditorPage';
