// The picture of a lab: nodes and what joins them, as lines of text, for Graphviz (`dot`) and for Mermaid.
#pragma once

#include <string>
#include <vector>

#include <vethwork/topology/lab.hpp>

namespace vethwork::report {

/// A link a line: `a:eth0 ──── b:eth0   a-b   10.0.1.0/24   20ms`; a LAN with its members below it.
[[nodiscard]] std::string graph_text(topology::Lab const& lab);
/// Source: the DOT language of Graphviz.
[[nodiscard]] std::string graph_dot(topology::Lab const& lab);
/// Source: Mermaid's flowchart syntax.
[[nodiscard]] std::string graph_mermaid(topology::Lab const& lab);

/// What is said of a link, each in some words: its name, subnets, impairments, and "down".
[[nodiscard]] std::vector<std::string> facts_of(topology::Lab const& lab, topology::LabLink const& link);

/// What a link does to packets, in the words of the file: "delay 20ms, loss 1%"; empty for nothing.
[[nodiscard]] std::string impairment_text(topology::Impairment const& impairment);

}  // namespace vethwork::report
