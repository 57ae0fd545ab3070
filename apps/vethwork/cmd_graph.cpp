// vethwork graph: the picture of a lab.
#include <vethwork/report/lab_drawing.hpp>
#include <vethwork/report/lab_graph.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

int run_graph(Invocation const& invocation) {
    OptionSet app("Draws a lab: of a file, or of a running lab with -l.", "vethwork graph");
    LabOptions options;
    bool dot = false, mermaid = false, svg = false;
    bind_lab_options(app, options);
    bind_file(app, options);
    app.add_flag("--dot", dot, "for Graphviz: vethwork graph --dot | dot -Tsvg");
    app.add_flag("--mermaid", mermaid, "for Mermaid, as in Markdown pages").excludes("--dot");
    app.add_flag("--svg", svg, "a drawing for browsers and documents")
        .excludes("--dot")
        .excludes("--mermaid");
    if (auto const ended = parse_words(app, invocation, "graph")) return *ended;
    if (options.json)
        return complain_of_lab("graph", usage_error("a graph has no JSON", "`vethwork show --json` has it"));
    auto const loaded = load_meant(options, "graph");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    auto const& lab = std::get<LoadedLab>(loaded).lab;
    fmt::print("{}", dot       ? report::graph_dot(lab)
                     : mermaid ? report::graph_mermaid(lab)
                     : svg     ? report::graph_svg(lab)
                               : report::graph_text(lab));
    return status::ok;
}

}  // namespace vethwork::app
