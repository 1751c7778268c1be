// Opens the search over the page, by its link, / or Ctrl+K (⌘K). Without this script, the link leads to a page.
(() => {
  const dialog = document.getElementById('search-dialog');
  const input = document.getElementById('search-everything');
  const links = () => [...document.querySelectorAll('#search-found a')];

  function open(event) {
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    input.focus();
    input.select();
  }

  const isTyping = ({ target }) => target.closest('input, textarea, select, [contenteditable]') !== null;

  document.getElementById('search-link').addEventListener('click', (event) => {
    // A link that a person opens in another tab stays a link.
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) open(event);
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') open(event);
    else if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event)) open(event);
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const all = [input, ...links()];
    const at = all.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
    event.preventDefault();
    all[(at + all.length) % all.length].focus();
  });
  document.getElementById('close-search').addEventListener('click', () => dialog.close());
  // A press beside the dialog hits the dialog itself.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
})();
