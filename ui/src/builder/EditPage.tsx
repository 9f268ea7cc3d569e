export { EditPage as default } from './EditorPage';
