(function () {
  "use strict";
  var holder = document.getElementById("graph-data");
  if (!holder || !window.echarts) { return; }
  var data = JSON.parse(holder.textContent);
  var colours = { own: "#1f2933", partner: "#0f766e", account: "#8fb5cf" };
  var near = data.nodes.map(function () { return []; });
  data.ties.forEach(function (tie) {
    near[tie[0]].push({ id: tie[1], weight: tie[2], types: tie[3] });
    near[tie[1]].push({ id: tie[0], weight: tie[2], types: tie[3] });
  });
  var place = document.getElementById("graph");
  var chart = echarts.init(place, null, { renderer: "canvas" });
  var partner = document.getElementById("graph-partner");
  var type = document.getElementById("graph-type");
  var search = document.getElementById("graph-search");
  var says = document.getElementById("graph-says");
  var list = document.getElementById("graph-near");
  var safe = echarts.format.encodeHTML;
  var narrow = place.clientWidth < 560;

  function money(value) {
    if (value === null || value === undefined) { return "no ARR known"; }
    return value >= 1e6 ? (value / 1e6).toFixed(1) + " M" : Math.round(value / 1e3) + " k";
  }
  function about(node) {
    if (node.kind === "partner") { return (node.type || "partner") + ", " + node.n + " accounts"; }
    return node.kind === "account" ? "ARR " + money(node.arr) : "the company itself";
  }
  function chosen() {
    var centre = partner.value === "" ? null : Number(partner.value);
    var looked = search.value.trim().toLowerCase();
    var hit = looked ? data.nodes.find(function (node) { return node.name.toLowerCase() === looked; }) ||
      data.nodes.find(function (node) { return node.name.toLowerCase().indexOf(looked) >= 0; }) : null;
    if (looked) { centre = hit ? hit.id : -1; }
    return centre;
  }
  function visible(centre) {
    var of = type.value;
    var keep = {};
    if (centre !== null) {
      if (centre < 0) { return keep; }
      keep[centre] = true;
      near[centre].forEach(function (tie) { keep[tie.id] = true; });
    } else {
      data.nodes.forEach(function (node) { if (node.overview) { keep[node.id] = true; } });
    }
    if (of) {
      data.nodes.forEach(function (node) {
        if (node.kind === "partner" && node.type !== of && node.id !== centre) { delete keep[node.id]; }
      });
      if (centre === null) {
        data.nodes.forEach(function (node) {
          if (node.kind === "account" && !near[node.id].some(function (tie) { return keep[tie.id] && data.nodes[tie.id].kind === "partner"; })) {
            delete keep[node.id];
          }
        });
      }
    }
    return keep;
  }
  // the company is tied to every customer: said, and drawn only where one is looked at
  function drawn(tie, keep, centre) {
    if (!keep[tie[0]] || !keep[tie[1]]) { return false; }
    var kinds = [data.nodes[tie[0]].kind, data.nodes[tie[1]].kind];
    var plain = kinds.indexOf("own") >= 0 && kinds.indexOf("account") >= 0;
    return !plain || tie[0] === centre || tie[1] === centre;
  }
  function size(node) {
    if (node.kind === "own") { return 26; }
    if (node.kind === "partner") { return 9 + Math.min(17, Math.sqrt(node.n)); }
    return 5 + Math.min(11, Math.sqrt((node.arr || 0) / 4e4));
  }
  function draw() {
    var centre = chosen();
    var keep = visible(centre);
    var shown = data.nodes.filter(function (node) { return keep[node.id]; });
    var small = shown.length <= 60;
    chart.setOption({
      animation: false,
      tooltip: {
        confine: true,
        formatter: function (item) {
          if (item.dataType === "edge") { return safe(item.data.types); }
          return "<b>" + safe(item.data.full) + "</b><br>" + safe(item.data.about);
        }
      },
      legend: { top: 8, left: 8, data: ["own", "partner", "account"], itemGap: 14, textStyle: { color: "#1f2933" } },
      series: [{
        type: "graph",
        layout: "force",
        roam: true,
        draggable: true,
        top: 50, bottom: 20, left: 20, right: 20,
        categories: ["own", "partner", "account"].map(function (kind) { return { name: kind, itemStyle: { color: colours[kind] } }; }),
        force: { initLayout: "circular", repulsion: narrow ? 60 : small ? 220 : 190, edgeLength: narrow ? [16, 70] : [30, 140], gravity: narrow ? 0.2 : 0.13, layoutAnimation: false },
        emphasis: { focus: "adjacency", label: { show: true } },
        label: { position: "right", color: "#1f2933", fontSize: narrow ? 10 : 11, textBorderColor: "#fff", textBorderWidth: 2 },
        labelLayout: { hideOverlap: true },
        lineStyle: { color: "#9aa5b1", opacity: 0.35 },
        data: shown.map(function (node) {
          return {
            id: String(node.id), name: String(node.id), full: node.name, about: about(node), category: node.kind,
            symbolSize: size(node),
            label: { show: node.kind !== "account" || small || node.id === centre, formatter: function () { return node.name.length > 30 ? node.name.slice(0, 29) + "…" : node.name; } }
          };
        }),
        links: data.ties.filter(function (tie) { return drawn(tie, keep, centre); }).map(function (tie) {
          return { source: String(tie[0]), target: String(tie[1]), types: tie[3], lineStyle: { width: 0.6 + Math.min(3, tie[2]) } };
        })
      }]
    }, { notMerge: true });
    tell(centre, shown);
  }
  function tell(centre, shown) {
    list.replaceChildren();
    if (centre === null) {
      says.textContent = shown.length + " of " + data.nodes.length + " organisations on this page are shown. Drag to move, scroll or pinch to zoom, tap one to see its ties.";
      return;
    }
    if (centre < 0) { says.textContent = "Nothing of that name is on this page."; return; }
    var node = data.nodes[centre];
    says.textContent = node.name + ": " + about(node) + ". Its strongest ties on this page:";
    near[centre].slice().sort(function (a, b) { return b.weight - a.weight; }).slice(0, 12).forEach(function (tie) {
      var entry = document.createElement("li");
      entry.textContent = data.nodes[tie.id].name + " (" + tie.types.replace(/_/g, " ") + ", " + tie.weight.toFixed(2) + ")";
      list.append(entry);
    });
  }
  var names = document.getElementById("graph-names");
  data.nodes.forEach(function (node) {
    var entry = document.createElement("option");
    entry.value = node.name;
    names.append(entry);
  });
  partner.addEventListener("change", function () { search.value = ""; draw(); });
  type.addEventListener("change", draw);
  search.addEventListener("input", function () { partner.value = ""; draw(); });
  document.getElementById("graph-reset").addEventListener("click", function () { partner.value = type.value = search.value = ""; draw(); });
  chart.on("click", function (item) {
    if (item.dataType !== "node") { return; }
    var node = data.nodes[Number(item.data.id)];
    partner.value = node.kind === "partner" ? String(node.id) : "";
    search.value = node.kind === "partner" ? "" : node.name;
    draw();
  });
  window.addEventListener("resize", function () { narrow = place.clientWidth < 560; chart.resize(); });
  draw();
})();
