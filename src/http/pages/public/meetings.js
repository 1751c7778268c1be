// Selecting several meetings of the list. Without this script each is ticked by itself, and the buttons work the same.
(() => {
  const boxes = () => [...document.querySelectorAll('input[name="meeting"]:not(:disabled)')];

  function show() {
    const all = document.getElementById('select-all');
    const count = document.getElementById('selected-count');
    if (all === null || count === null) return;
    const chosen = boxes().filter((box) => box.checked).length;
    all.closest('label').hidden = false;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && chosen < boxes().length;
    const said = chosen === 0 ? '' : `${chosen} selected`;
    if (count.textContent !== said) count.textContent = said;
  }

  document.addEventListener('change', ({ target }) => {
    if (target.id === 'select-all') for (const box of boxes()) box.checked = target.checked;
    if (target.id === 'select-all' || target.name === 'meeting') show();
  });
  // Browsers tick again what was ticked before a reload, and the list replaces its rows by itself.
  document.addEventListener('htmx:after:swap', show);
  window.addEventListener('pageshow', show);
  show();
})();
