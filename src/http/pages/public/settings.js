// Shows the bar with Save only while a setting differs from what is stored, with the meetings that it would change, and
// warns before such a change is lost. Without this script, the bar is always there.
(() => {
  const form = document.getElementById('settings');
  const bar = document.getElementById('save-bar');
  const source = document.getElementById('effect-source');
  const sentUnsaved = form.dataset.unsaved === 'true';
  let leaving = false;

  const differs = (field) => {
    // What is added counts once its line is there.
    if ('adder' in field.dataset) return false;
    if (field.type === 'checkbox') return field.checked !== field.defaultChecked;
    if (field.tagName === 'SELECT')
      return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return 'defaultValue' in field && field.type !== 'hidden' && field.value !== field.defaultValue;
  };
  const isChanged = () => sentUnsaved || [...form.elements].some(differs);

  function show() {
    const changed = isChanged();
    bar.hidden = !changed;
    form.classList.toggle('changed', changed);
    return changed;
  }

  document.getElementById('preview').hidden = true;
  form.addEventListener('input', () => {
    if (show()) source.dispatchEvent(new CustomEvent('settings-changed'));
  });
  form.addEventListener('submit', () => (leaving = true));
  document.getElementById('discard').addEventListener('click', () => (leaving = true));
  window.addEventListener('beforeunload', (event) => {
    if (!leaving && isChanged()) event.preventDefault();
  });
  // Browsers restore fields after the page was left and opened again.
  window.addEventListener('pageshow', () => {
    leaving = false;
    show();
  });
  show();
})();
