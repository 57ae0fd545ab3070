// Places boxes in columns so that the lines between them seldom cross. Pure geometry, always the same answer.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vethwork::report {

/// Lengths are in pixels, y grows downwards.
struct BoxSize {
    int width = 0, height = 0;
    bool outer = false;  ///< may stand at the rim, as a host does
};

/// Joins boxes `from` and `to`; `from_y` and `to_y` count from the top of the box.
struct BoxLine {
    std::size_t from = 0, to = 0;
    int from_y = 0, to_y = 0;
};

struct BoxSpot {
    std::size_t column = 0;
    int x = 0, y = 0;
};

struct ColumnsLayout {
    std::vector<BoxSpot> spots;  ///< one a box
    std::vector<int> widths;     ///< of the columns; boxes may fill theirs
    int width = 0, height = 0;
};

struct Gaps {
    int between_columns = 0, between_boxes = 0;
};

/// Every line leads from a column to the next one or the one before; so the boxes must be of two kinds, and a
/// line joins one of either kind (nodes and links are). What no line joins stands one below the other.
/// Source: K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding of Hierarchical System
/// Structures", 1981; places within a column by pooling neighbours that press on each other.
[[nodiscard]] ColumnsLayout lay_out_in_columns(std::span<BoxSize const> boxes, std::span<BoxLine const> lines,
                                               Gaps gaps);

}  // namespace vethwork::report
