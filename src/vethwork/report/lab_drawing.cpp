#include <vethwork/report/lab_drawing.hpp>

#include <algorithm>

#include <vethwork/report/columns_layout.hpp>
#include <vethwork/report/lab_graph.hpp>

namespace vethwork::report {

namespace {

using topology::Lab;
using topology::LabEnd;
using topology::LabLink;
using topology::LabNode;

constexpr int margin = 16;
constexpr Gaps gaps{56, 14};

/// Long facts ("delay 20ms, jitter 2ms, …") are broken after commas.
std::vector<std::string> broken(std::string const& fact) {
    constexpr std::size_t enough = 30;
    std::vector<std::string> lines{""};
    std::string_view rest = fact;
    while (!rest.empty()) {
        auto const comma = rest.find(", ");
        auto const part = rest.substr(0, comma == std::string_view::npos ? comma : comma + 1);
        if (!lines.back().empty() && lines.back().size() + part.size() > enough) lines.emplace_back();
        if (!lines.back().empty()) lines.back() += ' ';
        lines.back() += part;
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    }
    return lines;
}

/// An interface's name and first address, its other addresses below.
void add_rows(DrawnBox& box, std::string const& name, std::vector<IpPrefix> const& addresses) {
    box.rows.push_back({name, addresses.empty() ? "" : addresses[0].to_string()});
    for (std::size_t i = 1; i < addresses.size(); ++i) box.rows.push_back({"", addresses[i].to_string()});
}

int height_of(DrawnBox const& box) {
    return DrawnText::header +
           (box.rows.empty() ? 0
                             : static_cast<int>(box.rows.size()) * DrawnText::row + DrawnText::padding / 2);
}

int width_of(DrawnBox const& box) {
    auto const count = [](std::string_view text) -> std::size_t { return topology::count_characters(text); };
    auto characters = count(box.title) + (box.note.empty() ? 0 : count(box.note) + 2);
    std::size_t names = 0, texts = 0;
    for (auto const& row : box.rows) {
        names = std::max(names, count(row.name));
        texts = std::max(texts, count(row.text));
    }
    characters = std::max(characters, names + texts + (names > 0 && texts > 0 ? 1 : 0));
    return DrawnText::width(characters) + 2 * DrawnText::padding;
}

DrawnBox box_of(LabNode const& node) {
    DrawnBox box;
    box.kind = static_cast<DrawnKind>(node.role);
    box.title = node.name;
    if (node.role == topology::NodeRole::router) box.note = "router";
    if (node.role == topology::NodeRole::switch_) box.note = "switch";
    if (node.netns == topology::NetnsKind::host) box.note = "this machine";
    return box;
}

/// The height at which a row's line leaves its box.
int middle_of_row(std::size_t row) {
    return DrawnText::header + static_cast<int>(row) * DrawnText::row + DrawnText::row / 2;
}

DrawnBox box_of(Lab const& lab, LabLink const& link) {
    DrawnBox box;
    box.kind = DrawnKind::link;
    box.down = !link.up;
    auto const facts = facts_of(lab, link);
    box.title = facts[0];
    for (std::size_t i = 1; i < facts.size(); ++i)
        for (auto& line : broken(facts[i])) box.rows.push_back({"", std::move(line)});
    return box;
}

class Drawer {
public:
    explicit Drawer(Lab const& lab) : lab_(lab) { drawing_.title = lab.title.empty() ? lab.name : lab.title; }

    Drawing run() && {
        for (std::size_t node = 0; node < lab_.nodes.size(); ++node) add_node(node);
        for (auto const& link : lab_.links) drawing_.boxes.push_back(box_of(lab_, link));
        place();
        return std::move(drawing_);
    }

private:
    void add_node(std::size_t number) {
        auto const& node = lab_.nodes[number];
        auto box = box_of(node);
        if (!node.loopback.empty()) add_rows(box, "lo", node.loopback);
        for (auto const& which : node.ends) {
            auto const& end = lab_.end(which);
            ends_.push_back({number, lab_.nodes.size() + which.first, middle_of_row(box.rows.size()), 0});
            drawing_.lines.push_back({node.name + ":" + end.interface + " to " + lab_.links[which.first].name,
                                      !lab_.links[which.first].up || end.up == false});
            add_rows(box, end.interface, end.addresses);
        }
        for (auto const& interface : node.interfaces) {
            add_rows(box, interface.name, interface.addresses);
            if (interface.addresses.empty()) box.rows.back().text = interface.kind;
        }
        drawing_.boxes.push_back(std::move(box));
    }

    void place() {
        std::vector<BoxSize> sizes;
        for (auto const& box : drawing_.boxes)
            sizes.push_back({width_of(box), height_of(box), box.kind == DrawnKind::host});
        for (auto& end : ends_) end.to_y = sizes[end.to].height / 2;
        auto const layout = lay_out_in_columns(sizes, ends_, gaps);
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            auto const& spot = layout.spots[i];
            auto& box = drawing_.boxes[i];
            box.x = margin + spot.x;
            box.y = margin + spot.y;
            box.width = layout.widths[spot.column];
            box.height = sizes[i].height;
        }
        for (std::size_t i = 0; i < ends_.size(); ++i) place_line(drawing_.lines[i], ends_[i]);
        drawing_.width = layout.width + 2 * margin;
        drawing_.height = layout.height + 2 * margin;
    }

    void place_line(DrawnLine& line, BoxLine const& end) const {
        auto const& from = drawing_.boxes[end.from];
        auto const& to = drawing_.boxes[end.to];
        bool const rightwards = from.x < to.x;
        line.from_x = rightwards ? from.x + from.width : from.x;
        line.to_x = rightwards ? to.x : to.x + to.width;
        line.from_y = from.y + end.from_y;
        line.to_y = to.y + end.to_y;
    }

    Lab const& lab_;
    Drawing drawing_;
    std::vector<BoxLine> ends_;  ///< as the drawing's lines
};

}  // namespace

Drawing draw_lab(Lab const& lab) { return Drawer(lab).run(); }

}  // namespace vethwork::report
