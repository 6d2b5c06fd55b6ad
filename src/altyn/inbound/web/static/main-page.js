// The charts of the main page: they draw the values of the table next to them, again after a change of the theme.
(() => {
  const table = document.getElementById("days-table");
  const frame = document.querySelector(".charts");
  if (!table || !frame || !window.uPlot) return;
  const language = document.documentElement.lang;
  const rows = [...table.tBodies[0].rows].reverse();
  const column = (name) => rows.map((row) => Number(row.dataset[name]));
  // A row has a day or an hour on a Moscow clock; the chart takes it for UTC and shows it so, whatever the zone here.
  const byHour = rows[0].dataset.at.includes("T");
  const half = byHour ? 1800 : 43200;
  const parts = rows.map((row) => Date.parse(byHour ? `${row.dataset.at}Z` : `${row.dataset.at}T12:00:00Z`) / 1000);
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const partText = new Intl.DateTimeFormat(language, { timeZone: "UTC", ...(byHour ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : { day: "numeric", month: "short" }) });
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const font = () => `14px ${getComputedStyle(document.body).fontFamily}`;
  const plots = [];

  const axes = () => {
    const common = { stroke: colour("--muted"), font: font() };
    const grid = { stroke: colour("--hair"), width: 1 };
    return [
      { ...common, grid: { show: false }, ticks: { ...grid, size: 4 }, space: 72, values: (_, at) => at.map((each) => partText.format(each * 1000)),
        splits: (plot) => {
          const shown = Math.max(1, Math.floor(plot.bbox.width / devicePixelRatio / 72));
          const step = Math.ceil(parts.length / shown);
          return parts.filter((_, index) => (parts.length - 1 - index) % step === 0);
        } },
      { ...common, grid, ticks: { show: false }, size: 64, space: 40, values: (_, at) => at.map((each) => short.format(each)) },
    ];
  };
  const scales = () => ({
    x: { time: true, range: [parts[0] - half, parts[parts.length - 1] + half] },
    y: { range: (_, __, most) => [0, most > 0 ? most * 1.15 : 1] },
  });
  const draw = (box, series, data, hooks = {}, padding = [8, 28, 0, 0]) =>
    plots.push(new uPlot({ width: box.clientWidth, height: 200, legend: { show: false }, cursor: { show: false }, axes: axes(), scales: scales(), padding,
      series: [{}, ...series], hooks }, [parts, ...data], box));

  // The name of each line stands at its end, so that no legend and no colour is needed.
  const nameLines = (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.font = `600 ${14 * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    const least = 18 * devicePixelRatio;
    let above = -Infinity;
    for (const [index, series] of plot.series.entries()) {
      if (!index) continue;
      const values = plot.data[index];
      const at = plot.valToPos(values[values.length - 1], "y", true);
      const y = Math.max(at, above + least);
      above = y;
      ctx.fillStyle = colour(index === 1 ? "--muted" : "--action");
      ctx.fillText(series.label, bbox.left + bbox.width + 6 * devicePixelRatio, Math.min(y, bbox.top + bbox.height));
    }
    ctx.restore();
  };

  const drawAll = () => {
    for (const plot of plots.splice(0)) plot.destroy();
    const turnover = frame.querySelector('[data-chart="turnover"]');
    const orders = frame.querySelector('[data-chart="orders"]');
    draw(turnover, [{ stroke: colour("--action"), fill: colour("--action"), paths: uPlot.paths.bars({ size: [0.7, 48] }), points: { show: false } }], [column("turnover")]);
    const points = { show: true, size: 6 };
    draw(orders, [
      { label: orders.dataset.registered, stroke: colour("--muted"), width: 2, dash: [6, 4], points },
      { label: orders.dataset.paid, stroke: colour("--action"), width: 3, points },
    ], [column("registered"), column("paid")], { draw: [nameLines] }, [8, 92, 0, 0]);
  };

  frame.hidden = false;
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  let width = frame.clientWidth;
  new ResizeObserver(() => {
    if (frame.clientWidth === width) return;
    width = frame.clientWidth;
    drawAll();
  }).observe(frame);
})();
