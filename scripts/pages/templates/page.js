(function () {
  "use strict";
  var problems = [];
  window.addEventListener("error", function (event) { problems.push(String(event.message)); });
  var specs = Array.prototype.slice.call(document.querySelectorAll("script.spec"));
  var drawn = specs.map(function (holder) {
    var place = document.getElementById(holder.dataset.for);
    var spec = JSON.parse(holder.textContent);
    return vegaEmbed(place, spec, { mode: "vega-lite", actions: false, renderer: "svg", logLevel: 1, tooltip: { theme: "light" } })
      .catch(function (error) { problems.push(place.id + ": " + error); console.error(place.id, error); });
  });
  Promise.all(drawn).then(function () {
    document.documentElement.dataset.drawn = String(document.querySelectorAll(".chart svg").length);
    document.documentElement.dataset.problems = problems.join(" | ");
  });
})();
