/* Who asks in Chinese gets the Chinese pages first; for the rest the weights are those of Sphinx. */
var Scorer = {
  score: ([page, , , , score]) => {
    const asked = new URLSearchParams(window.location.search).get("q") || "";
    return score + (/[\u3400-\u9fff]/.test(asked) && page.startsWith("zh/") ? 20 : 0);
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
