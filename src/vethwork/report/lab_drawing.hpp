// The picture of a lab as boxes and lines with their places: what an SVG file is made of.
#pragma once

#include <string>
#include <vector>

#include <vethwork/topology/lab.hpp>

namespace vethwork::report {

enum class DrawnKind { host, router, switch_, link };

/// A line of text within a box: an interface and an address of it, or a fact of a link.
struct DrawnRow {
    std::string name, text;
};

/// A node or a link. Lengths are in pixels.
struct DrawnBox {
    DrawnKind kind = DrawnKind::host;
    std::string title, note;
    std::vector<DrawnRow> rows;
    bool down = false;
    int x = 0, y = 0, width = 0, height = 0;
};

/// An end of a cable: from an interface's row to its link.
struct DrawnLine {
    std::string title;
    bool down = false;
    int from_x = 0, from_y = 0, to_x = 0, to_y = 0;
};

struct Drawing {
    std::string title;
    std::vector<DrawnBox> boxes;  ///< the nodes in the order of the file, then the links
    std::vector<DrawnLine> lines;
    int width = 0, height = 0;
};

/// The measures of text: a font whose characters are all as wide.
struct DrawnText {
    static constexpr int size = 12, row = 17, header = 26, padding = 9;
    /// Of so many characters; rounded up.
    [[nodiscard]] static constexpr int width(std::size_t characters) {
        return static_cast<int>((characters * 29 + 3) / 4);
    }
};

/// No two boxes overlap, and no line runs across a box.
[[nodiscard]] Drawing draw_lab(topology::Lab const& lab);

/// A drawing of its own: no other file, no script. Source: SVG 1.1.
[[nodiscard]] std::string graph_svg(topology::Lab const& lab);

}  // namespace vethwork::report
