
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const [words, status, code, count] = ["words", "status", "code", "count"].map((id) => document.getElementById(id));
  const rows = Array.from(document.querySelectorAll("#rows tbody tr"));
  const texts = rows.map((row) => Array.from(row.cells, (cell) => cell.textContent).join("\n").toLowerCase());
  const number = new Intl.NumberFormat("en");
  const apply = () => {
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, place) => {
      const fits = (!status.value || row.dataset.status === status.value)
        && (!code.value || row.dataset.code === code.value)
        && texts[place].includes(wanted);
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = number.format(shown) + " of " + number.format(rows.length) + " rows shown";
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", apply);
  form.hidden = false;
  apply();
})();
