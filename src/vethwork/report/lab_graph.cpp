#include <vethwork/report/lab_graph.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>

namespace vethwork::report {

namespace {

using topology::Lab;
using topology::LabEnd;
using topology::LabLink;
using topology::LinkShape;

std::string place_of(Lab const& lab, LabEnd const& end) {
    return lab.nodes[end.node].name + ":" + end.interface;
}

/// The subnets of a link's segment: its name in the world of addresses.
std::vector<std::string> subnets_of(Lab const& lab, LabLink const& link) {
    std::vector<std::string> texts;
    if (link.ends.empty() || link.ends[0].segment >= lab.segments.size()) return texts;
    for (auto const& subnet : lab.segments[link.ends[0].segment].subnets) texts.push_back(subnet.to_string());
    return texts;
}

/// What the ends do to packets; said once where all do the same.
std::vector<std::string> impairments_of(Lab const& lab, LabLink const& link) {
    std::vector<std::string> texts;
    bool const same = std::ranges::all_of(
        link.ends, [&](LabEnd const& end) { return end.impairment == link.ends[0].impairment; });
    for (auto const& end : link.ends) {
        if (end.impairment.empty()) continue;
        auto const text = impairment_text(end.impairment);
        if (same) return {text};
        texts.push_back("from " + lab.nodes[end.node].name + ": " + text);
    }
    return texts;
}

/// Characters as a terminal counts them: of UTF-8, those that begin one.
std::size_t width_of(std::string_view text) { return topology::count_characters(text); }

std::string pad(std::string text, std::size_t width) {
    if (auto const have = width_of(text); have < width) text.append(width - have, ' ');
    return text;
}

std::string_view role_of(topology::LabNode const& node) {
    switch (node.role) {
        case topology::NodeRole::host:
            return "host";
        case topology::NodeRole::router:
            return "router";
        case topology::NodeRole::switch_:
            return "switch";
    }
    return "host";
}

/// In quotes, for DOT and Mermaid; `quote` is what stands for a quote inside.
std::string quoted(std::string_view text, std::string_view quote) {
    std::string result = "\"";
    for (char const c : text)
        if (c == '"')
            result += quote;
        else
            result += c;
    return result + '"';
}

/// Joins facts for a label of DOT: \n is its line break.
std::string dot_label(std::vector<std::string> const& facts) { return quoted(join(facts, "\\n"), "\\\""); }

}  // namespace

std::string impairment_text(topology::Impairment const& impairment) {
    std::vector<std::string> words;
    auto const add = [&](std::string_view name, auto const& value) {
        if (value) words.push_back(fmt::format("{} {}", name, topology::to_text(*value)));
    };
    add("delay", impairment.delay);
    add("jitter", impairment.jitter);
    add("loss", impairment.loss);
    if (impairment.burst_loss) words.emplace_back("loss in bursts");
    add("duplicate", impairment.duplicate);
    add("corrupt", impairment.corrupt);
    add("reorder", impairment.reorder);
    add("rate", impairment.rate);
    if (impairment.trace) words.push_back("trace " + *impairment.trace);
    return join(words, ", ");
}

std::vector<std::string> facts_of(Lab const& lab, LabLink const& link) {
    std::vector<std::string> facts{link.name};
    std::ranges::copy(subnets_of(lab, link), std::back_inserter(facts));
    std::ranges::copy(impairments_of(lab, link), std::back_inserter(facts));
    if (!link.up) facts.emplace_back("down");
    return facts;
}

std::string graph_text(Lab const& lab) {
    std::size_t left = 0, right = 0;
    for (auto const& link : lab.links) {
        if (link.shape == LinkShape::lan || link.ends.size() != 2) continue;
        left = std::max(left, width_of(place_of(lab, link.ends[0])));
        right = std::max(right, width_of(place_of(lab, link.ends[1])));
    }
    std::string text;
    for (auto const& link : lab.links) {
        auto facts = facts_of(lab, link);
        if (link.shape == LinkShape::cable && link.ends.size() == 2) {
            text += fmt::format("{} ──── {}   {}\n", pad(place_of(lab, link.ends[0]), left),
                                pad(place_of(lab, link.ends[1]), right), join(facts, "   "));
            continue;
        }
        text += fmt::format("{}\n", join(facts, "   "));
        for (std::size_t i = 0; i < link.ends.size(); ++i)
            text +=
                fmt::format("  {}─ {}\n", i + 1 < link.ends.size() ? "├" : "└", place_of(lab, link.ends[i]));
    }
    for (auto const& node : lab.nodes)
        if (node.ends.empty()) text += fmt::format("{}\n", node.name);
    return text;
}

std::string graph_dot(Lab const& lab) {
    constexpr std::string_view shapes[] = {"box", "ellipse", "box3d"};  // by role
    std::string text = fmt::format("graph {} {{\n", dot_label({lab.name}));
    text += "    node [fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\", fontsize=10];\n";
    for (auto const& node : lab.nodes)
        text += fmt::format("    {} [shape={}];\n", dot_label({node.name}),
                            shapes[static_cast<std::size_t>(node.role)]);
    for (std::size_t i = 0; i < lab.links.size(); ++i) {
        auto const& link = lab.links[i];
        auto const label = dot_label(facts_of(lab, link));
        if (link.shape == LinkShape::cable && link.ends.size() == 2) {
            text += fmt::format("    {} -- {} [label={}, taillabel={}, headlabel={}];\n",
                                dot_label({lab.nodes[link.ends[0].node].name}),
                                dot_label({lab.nodes[link.ends[1].node].name}), label,
                                dot_label({link.ends[0].interface}), dot_label({link.ends[1].interface}));
            continue;
        }
        text += fmt::format("    \"lan {}\" [shape=plaintext, label={}];\n", i, label);
        for (auto const& end : link.ends)
            text += fmt::format("    {} -- \"lan {}\" [taillabel={}];\n",
                                dot_label({lab.nodes[end.node].name}), i, dot_label({end.interface}));
    }
    return text + "}\n";
}

std::string graph_mermaid(Lab const& lab) {
    auto const label = [](std::string_view text) { return quoted(text, "#quot;"); };
    std::string text = "graph LR\n";
    for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
        auto const& node = lab.nodes[i];
        bool const host = node.role == topology::NodeRole::host;
        text += fmt::format("    n{}{}{}{}\n", i, host ? "[" : "([",
                            label(host ? node.name : fmt::format("{} ({})", node.name, role_of(node))),
                            host ? "]" : "])");
    }
    for (std::size_t i = 0; i < lab.links.size(); ++i) {
        auto const& link = lab.links[i];
        auto const facts = label(join(facts_of(lab, link), "<br>"));
        if (link.shape == LinkShape::cable && link.ends.size() == 2) {
            text += fmt::format("    n{} ---|{}| n{}\n", link.ends[0].node, facts, link.ends[1].node);
            continue;
        }
        text += fmt::format("    l{}{{{{{}}}}}\n", i, facts);
        for (auto const& end : link.ends)
            text += fmt::format("    n{} ---|{}| l{}\n", end.node, label(end.interface), i);
    }
    return text;
}

}  // namespace vethwork::report
