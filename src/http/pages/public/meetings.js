// Selects all meetings of the list. Without this script, each meeting is ticked individually, and the buttons still work.
(() => {
  const boxes = () => [...document.querySelectorAll('input[name="meeting"]:not(:disabled)')];

  function show() {
    const all = document.getElementById('select-all');
    const count = document.getElementById('selected-count');
    if (all === null || count === null) return;
    const chosen = boxes().filter((box) => box.checked).length;
    all.hidden = false;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && chosen < boxes().length;
    const { none, some } = count.dataset;
    const words = chosen === 0 ? none : some.replace('{count}', String(chosen));
    if (count.textContent !== words) count.textContent = words;
  }

  document.addEventListener('change', ({ target }) => {
    if (target.id === 'select-all') for (const box of boxes()) box.checked = target.checked;
    if (target.id === 'select-all' || target.name === 'meeting') show();
  });
  // Browsers restore ticks after a reload, and polling replaces the rows of the list.
  document.addEventListener('htmx:after:swap', show);
  window.addEventListener('pageshow', show);
  show();
})();
