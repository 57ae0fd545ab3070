#include <algorithm>

#include <fmt/format.h>

#include <vethwork/report/lab_drawing.hpp>

namespace vethwork::report {

namespace {

constexpr std::string_view style =
    "  <style>\n"
    "    .paper { fill: #ffffff }\n"
    "    text { font: 12px 'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace; fill: #1f2933 "
    "}\n"
    "    .title { font-weight: bold } .note, .name { fill: #5b6773 }\n"
    "    .host rect { fill: #f3f6f9; stroke: #52606d } .router rect { fill: #e0eefb; stroke: #1f6fb2 }\n"
    "    .switch rect { fill: #e6f4e4; stroke: #3b8132 } .link rect { fill: #fff8e1; stroke: #c8a13a }\n"
    "    path { fill: none; stroke: #7b8794; stroke-width: 1.5 } .down { opacity: 0.55 }\n"
    "    .down rect, path.down { stroke: #c0392b; stroke-dasharray: 5 4 }\n"
    "  </style>\n";

/// For text and attributes; what XML has no way to write becomes U+FFFD. Source: XML 1.0, 2.2 and 2.4.
std::string escaped(std::string_view text) {
    std::string result;
    for (char const c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 && c != '\t')
                    result += "\xef\xbf\xbd";
                else
                    result += c;
        }
    }
    return result;
}

std::string_view class_of(DrawnKind kind) {
    switch (kind) {
        case DrawnKind::host:
            return "host";
        case DrawnKind::router:
            return "router";
        case DrawnKind::switch_:
            return "switch";
        case DrawnKind::link:
            return "link";
    }
    return "host";
}

/// Leaves and arrives level, so that its ends show which row they mean.
std::string svg_of(DrawnLine const& line) {
    auto const middle = (line.from_x + line.to_x) / 2;
    return fmt::format("  <path{} d=\"M{} {}C{} {} {} {} {} {}\"><title>{}</title></path>\n",
                       line.down ? " class=\"down\"" : "", line.from_x, line.from_y, middle, line.from_y,
                       middle, line.to_y, line.to_x, line.to_y, escaped(line.title));
}

std::string text_at(int x, int y, std::string_view kind, std::string_view text) {
    if (text.empty()) return {};
    return fmt::format("    <text{} x=\"{}\" y=\"{}\">{}</text>\n",
                       kind.empty() ? "" : fmt::format(" class=\"{}\"", kind), x, y, escaped(text));
}

std::string svg_of(DrawnBox const& box) {
    constexpr int baseline = 4;  // below the middle of a row
    std::string text = fmt::format(
        "  <g class=\"{}{}\">\n    <rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>\n",
        class_of(box.kind), box.down ? " down" : "", box.x, box.y, box.width, box.height,
        box.kind == DrawnKind::link ? 10 : 3);
    int const left = box.x + DrawnText::padding;
    int y = box.y + DrawnText::header / 2 + baseline;
    text += text_at(left, y, "title", box.title);
    auto const note = DrawnText::width(topology::count_characters(box.note));
    text += text_at(box.x + box.width - DrawnText::padding - note, y, "note", box.note);
    std::size_t names = 0;
    for (auto const& row : box.rows)
        names = std::max<std::size_t>(names, topology::count_characters(row.name));
    y = box.y + DrawnText::header + DrawnText::row / 2 + baseline;
    for (auto const& row : box.rows) {
        text += text_at(left, y, "name", row.name);
        text += text_at(names == 0 ? left : left + DrawnText::width(names + 1), y, "", row.text);
        y += DrawnText::row;
    }
    return text + "  </g>\n";
}

}  // namespace

std::string graph_svg(topology::Lab const& lab) {
    auto const drawing = draw_lab(lab);
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "role=\"img\">\n  <title>{2}</title>\n{3}  <rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>\n",
        drawing.width, drawing.height, escaped(drawing.title), style);
    for (auto const& line : drawing.lines) text += svg_of(line);
    for (auto const& box : drawing.boxes) text += svg_of(box);
    return text + "</svg>\n";
}

}  // namespace vethwork::report
