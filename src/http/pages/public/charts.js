// Draws each chart from the table beside it, in the style sheet's colours. The tables work without this script.
(() => {
  const charts = [];

  function draw() {
    for (const chart of charts.splice(0)) chart.destroy();
    for (const box of document.querySelectorAll('.chart')) {
      const table = document.getElementById(box.dataset.table);
      box.hidden = false;
      charts.push(new Chart(box.querySelector('canvas'), configOf(box.dataset, read(box.dataset, table), box)));
    }
  }

  function read({ label, values, cases }, table) {
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    const casesOf = (row) => row.cells[Number(cases)]?.textContent.trim() ?? '';
    return {
      // In a line chart, the label is a date on the axis. The tooltip shows the number of cases behind a point.
      labels: rows.map((row) => nameIn(row.cells[Number(label)])),
      cases: rows.map((row) => (casesOf(row) === '' ? '' : ` (${casesOf(row)})`)),
      few: rows.map((row) => row.hasAttribute('data-few')),
      series: values.split(' ').map((place) => ({
        name: heads[Number(place)],
        values: rows.map((row) => numberIn(row.cells[Number(place)])),
        texts: rows.map((row) => row.cells[Number(place)].textContent.trim()),
      })),
    };
  }

  function nameIn(cell) {
    const [first] = [...cell.childNodes].filter((node) => node.textContent.trim() !== '');
    return (first ?? cell).textContent.trim();
  }

  function numberIn(cell) {
    return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
  }

  function configOf({ kind, percent }, { labels, cases, few, series }, box) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const lying = kind !== 'line';
    if (lying) box.style.height = `${labels.length * (kind === 'bars' ? 14 + 16 * series.length : 30) + 80}px`;
    const numbers = {
      beginAtZero: true,
      stacked: kind === 'stacked',
      grid: { color: colour('--chart-grid') },
      ...(percent === undefined ? {} : { max: 100, ticks: { callback: (value) => `${value}%` } }),
    };
    const names = {
      stacked: kind === 'stacked',
      grid: { display: false },
      // A long name would leave no room for its bar. The table has the full name.
      ticks: { callback: (value) => `${shortened(labels[value], box.clientWidth / 22)}${lying ? cases[value] : ''}` },
    };
    return {
      type: lying ? 'bar' : 'line',
      data: {
        labels,
        datasets: series.map(({ name, values }, place) => {
          const solid = colour(`--chart-${(place % 8) + 1}`);
          return {
            label: name,
            data: values,
            borderColor: solid,
            // Values based on few cases are drawn paler.
            backgroundColor: lying ? few.map((isFew) => (isFew && kind === 'bars' ? `${solid}70` : solid)) : solid,
            borderWidth: lying ? 0 : 2,
            pointRadius: labels.length > 60 ? 0 : 3,
            pointHoverRadius: 5,
            maxBarThickness: 26,
          };
        }),
      },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        indexAxis: lying ? 'y' : 'x',
        color: colour('--chart-text'),
        font: { family: style.getPropertyValue('font-family') },
        interaction: { mode: lying ? 'index' : 'nearest', axis: lying ? 'y' : 'x', intersect: false },
        scales: withColour(lying ? { x: numbers, y: names } : { x: names, y: numbers }, colour('--chart-text')),
        plugins: {
          legend: { display: series.length > 1, labels: { color: colour('--chart-text') } },
          tooltip: {
            callbacks: {
              title: ([{ dataIndex: at }]) => `${labels[at]}${cases[at]}${few[at] ? ', few' : ''}`,
              label: (item) => `${item.dataset.label}: ${series[item.datasetIndex].texts[item.dataIndex]}`,
            },
          },
        },
      },
    };
  }

  function withColour(scales, color) {
    return Object.fromEntries(
      Object.entries(scales).map(([axis, scale]) => [axis, { ...scale, ticks: { color, ...scale.ticks } }]),
    );
  }

  function shortened(text = '', most) {
    const room = Math.min(40, Math.max(14, Math.floor(most)));
    return text.length > room ? `${text.slice(0, room - 1)}…` : text;
  }

  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  draw();
})();
