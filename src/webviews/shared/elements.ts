/**
 * The library elements that the views use, so that bundles hold no others. Fields, selects, check boxes and tables are the
 * browser's own in VS Code's dress (base.css): labels, descriptions and error messages can then be tied to them for
 * screen readers, which doesn't work across an element's shadow border.
 */
import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
