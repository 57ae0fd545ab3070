#include <vethwork/report/columns_layout.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace vethwork::report {

namespace {

constexpr auto nowhere = static_cast<std::size_t>(-1);

/// A line as one of its boxes sees it.
struct Joint {
    std::size_t other = 0;
    int own_y = 0, other_y = 0;
};

using Joints = std::vector<std::vector<Joint>>;
using Boxes = std::vector<std::size_t>;

/// How far each box is from the nearest of `starts`, in lines; `nowhere` for those that no line leads to.
std::vector<std::size_t> distances_from(Boxes const& starts, Joints const& joints) {
    std::vector<std::size_t> distance(joints.size(), nowhere);
    Boxes queue = starts;
    for (auto const start : starts) distance[start] = 0;
    for (std::size_t i = 0; i < queue.size(); ++i)
        for (auto const& joint : joints[queue[i]]) {
            if (distance[joint.other] != nowhere) continue;
            distance[joint.other] = distance[queue[i]] + 1;
            queue.push_back(joint.other);
        }
    return distance;
}

/// Boxes that lines join, directly or over others, and the column and order of each.
class Arrangement {
public:
    Arrangement(std::span<BoxSize const> boxes, Joints const& joints, std::vector<std::size_t> columns)
        : boxes_(boxes), joints_(joints), column_(std::move(columns)), position_(column_.size()) {
        for (std::size_t box = 0; box < column_.size(); ++box) {
            if (column_[box] == nowhere) continue;
            if (column_[box] >= order_.size()) order_.resize(column_[box] + 1);
            position_[box] = order_[column_[box]].size();
            order_[column_[box]].push_back(box);
        }
    }

    /// Sorts the columns, to the right and to the left in turn, and keeps the best.
    void sort() {
        constexpr int rounds = 12;
        auto best = order_;
        crossings_ = count_crossings();
        for (int round = 0; round < rounds && crossings_ > 0; ++round) {
            sweep(round);
            if (auto const crossings = count_crossings(); crossings < crossings_) {
                crossings_ = crossings;
                best = order_;
            }
        }
        order_ = std::move(best);
        number_positions();
    }

    [[nodiscard]] std::uint64_t crossings() const { return crossings_; }
    [[nodiscard]] std::vector<Boxes> const& columns() const { return order_; }
    [[nodiscard]] std::size_t column_of(std::size_t box) const { return column_[box]; }

    /// The tops of the boxes, from 0, written into `tops`; returns the height of all.
    int place(int gap, std::vector<int>& tops) const {
        constexpr int rounds = 8;
        for (auto const& column : order_) place_column(column, gap, tops, Side::none);
        for (int round = 0; round < rounds; ++round)
            for (std::size_t i = 0; i < order_.size(); ++i)
                place_column(order_[round % 2 == 0 ? i : order_.size() - 1 - i], gap, tops,
                             round + 2 < rounds ? (round % 2 == 0 ? Side::left : Side::right) : Side::both);
        int top = tops[order_[0][0]], bottom = top;
        for (auto const& column : order_) {
            top = std::min(top, tops[column.front()]);
            bottom = std::max(bottom, tops[column.back()] + boxes_[column.back()].height);
        }
        for (auto const& column : order_)
            for (auto const box : column) tops[box] -= top;
        return bottom - top;
    }

private:
    enum class Side { none, left, right, both };

    [[nodiscard]] bool looks(Side side, std::size_t box, std::size_t other) const {
        return side == Side::both ||
               (side != Side::none && (side == Side::left) == (column_[other] < column_[box]));
    }

    /// Where a line's end is in its column, for comparing.
    [[nodiscard]] std::int64_t rank(std::size_t box, int y) const {
        constexpr std::int64_t unit = 1024;
        return static_cast<std::int64_t>(position_[box]) * unit + unit * y / std::max(boxes_[box].height, 1);
    }

    void sweep(int round) {
        bool const to_right = round % 2 == 0;
        for (std::size_t i = 1; i < order_.size(); ++i)
            sort_column(to_right ? i : order_.size() - 1 - i, to_right ? Side::left : Side::right);
    }

    void sort_column(std::size_t number, Side side) {
        std::vector<std::pair<std::int64_t, std::size_t>> wishes;
        for (auto const box : order_[number]) {
            std::int64_t sum = 0, count = 0;
            for (auto const& joint : joints_[box]) {
                if (!looks(side, box, joint.other)) continue;
                sum += rank(joint.other, joint.other_y);
                ++count;
            }
            wishes.emplace_back(count == 0 ? rank(box, 0) : sum / count, box);
        }
        std::ranges::stable_sort(wishes, {}, &std::pair<std::int64_t, std::size_t>::first);
        for (std::size_t i = 0; i < wishes.size(); ++i) {
            order_[number][i] = wishes[i].second;
            position_[wishes[i].second] = i;
        }
    }

    void number_positions() {
        for (auto const& column : order_)
            for (std::size_t i = 0; i < column.size(); ++i) position_[column[i]] = i;
    }

    [[nodiscard]] std::uint64_t count_crossings() const {
        std::uint64_t crossings = 0;
        for (auto const& column : order_) {
            std::vector<std::pair<std::int64_t, std::int64_t>> lines;
            for (auto const box : column)
                for (auto const& joint : joints_[box])
                    if (looks(Side::right, box, joint.other))
                        lines.emplace_back(rank(box, joint.own_y), rank(joint.other, joint.other_y));
            std::ranges::sort(lines);
            std::vector<std::int64_t> seen;  // sorted: those above that end further down cross
            for (auto const& [left, right] : lines) {
                auto const above = std::ranges::upper_bound(seen, right);
                crossings += static_cast<std::uint64_t>(seen.end() - above);
                seen.insert(above, right);
            }
        }
        return crossings;
    }

    /// The top at which the lines to one side would be level.
    [[nodiscard]] std::optional<std::int64_t> wish(std::size_t box, std::vector<int> const& tops,
                                                   Side side) const {
        std::int64_t sum = 0, count = 0;
        for (auto const& joint : joints_[box]) {
            if (!looks(side, box, joint.other)) continue;
            sum += tops[joint.other] + joint.other_y - joint.own_y;
            ++count;
        }
        return count == 0 ? std::nullopt : std::optional(sum / count);
    }

    /// Each box as near to its wish as those above and below allow: boxes that would overlap become one block
    /// at the mean of their wishes.
    void place_column(Boxes const& column, int gap, std::vector<int>& tops, Side side) const {
        struct Block {
            std::int64_t sum = 0, count = 0;
            [[nodiscard]] std::int64_t mean() const { return sum / count; }
        };
        std::vector<Block> blocks;
        std::int64_t stacked = 0;
        for (auto const box : column) {
            auto const own = side == Side::none ? stacked : std::int64_t{tops[box]};
            blocks.push_back({wish(box, tops, side).value_or(own) - stacked, 1});
            while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
                auto const last = blocks.back();
                blocks.pop_back();
                blocks.back().sum += last.sum;
                blocks.back().count += last.count;
            }
            stacked += boxes_[box].height + gap;
        }
        stacked = 0;
        std::size_t next = 0;
        for (auto const& block : blocks)
            for (std::int64_t i = 0; i < block.count; ++i, ++next) {
                tops[column[next]] = static_cast<int>(block.mean() + stacked);
                stacked += boxes_[column[next]].height + gap;
            }
    }

    std::span<BoxSize const> boxes_;
    Joints const& joints_;
    std::vector<std::size_t> column_, position_;
    std::vector<Boxes> order_;
    std::uint64_t crossings_ = 0;
};

/// The first of those that are farthest away.
std::size_t farthest(std::vector<std::size_t> const& distance) {
    std::size_t best = nowhere;
    for (std::size_t box = 0; box < distance.size(); ++box)
        if (distance[box] != nowhere && (best == nowhere || distance[box] > distance[best])) best = box;
    return best;
}

/// From one end to the other, which reads best where no lines cross; else from the rim inwards, unless that
/// crosses much more.
Arrangement arrange(std::span<BoxSize const> boxes, Joints const& joints, std::size_t first) {
    auto const end = farthest(distances_from({first}, joints));
    auto along = distances_from({end}, joints);
    auto const start = std::min(end, farthest(along));
    if (start != end) along = distances_from({start}, joints);
    Arrangement from_end(boxes, joints, along);
    from_end.sort();
    Boxes rim;
    for (std::size_t box = 0; box < boxes.size(); ++box)
        if (along[box] != nowhere && boxes[box].outer) rim.push_back(box);
    if (rim.empty() || from_end.crossings() == 0) return from_end;
    Arrangement from_rim(boxes, joints, distances_from(rim, joints));
    from_rim.sort();
    return from_rim.crossings() <= 2 * from_end.crossings() ? from_rim : from_end;
}

Joints joints_of(std::size_t count, std::span<BoxLine const> lines) {
    Joints joints(count);
    for (auto const& line : lines) {
        joints[line.from].push_back({line.to, line.from_y, line.to_y});
        joints[line.to].push_back({line.from, line.to_y, line.from_y});
    }
    return joints;
}

void place_columns(ColumnsLayout& layout, std::span<BoxSize const> boxes, int gap) {
    for (std::size_t box = 0; box < boxes.size(); ++box) {
        auto const column = layout.spots[box].column;
        if (column >= layout.widths.size()) layout.widths.resize(column + 1);
        layout.widths[column] = std::max(layout.widths[column], boxes[box].width);
    }
    std::vector<int> lefts;
    for (auto const width : layout.widths) {
        if (!lefts.empty()) layout.width += gap;
        lefts.push_back(layout.width);
        layout.width += width;
    }
    for (auto& spot : layout.spots) spot.x = lefts[spot.column];
}

}  // namespace

ColumnsLayout lay_out_in_columns(std::span<BoxSize const> boxes, std::span<BoxLine const> lines, Gaps gaps) {
    auto const joints = joints_of(boxes.size(), lines);
    ColumnsLayout layout;
    layout.spots.resize(boxes.size());
    std::vector<bool> placed(boxes.size());
    std::vector<int> tops(boxes.size());
    for (std::size_t first = 0; first < boxes.size(); ++first) {
        if (placed[first]) continue;
        auto const arrangement = arrange(boxes, joints, first);
        if (layout.height > 0) layout.height += gaps.between_boxes;
        auto const height = arrangement.place(gaps.between_boxes, tops);
        for (auto const& column : arrangement.columns())
            for (auto const box : column) {
                placed[box] = true;
                layout.spots[box] = {arrangement.column_of(box), 0, layout.height + tops[box]};
            }
        layout.height += height;
    }
    place_columns(layout, boxes, gaps.between_columns);
    return layout;
}

}  // namespace vethwork::report
