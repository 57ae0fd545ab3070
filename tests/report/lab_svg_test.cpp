// The drawings of labs: one whole, and of all examples that they are XML, complete, and that nothing
// overlaps.
#include <vethwork/report/lab_drawing.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <gmock/gmock.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/topology/read_lab.hpp>

namespace vethwork::report {
namespace {

using testing::HasSubstr;

topology::Lab lab_of(std::string const& name, std::string text) {
    auto reading = topology::read_lab(name, std::move(text));
    for (auto const& complaint : reading.complaints)
        EXPECT_NE(complaint.severity, topology::Severity::error) << complaint.to_text();
    return std::move(reading.lab).value();
}

topology::Lab small(std::string const& rest) {
    return lab_of("lab.yaml", "vethwork: 1\nname: small\n" + rest);
}

std::vector<std::string> examples() {
    std::vector<std::string> paths;
    for (auto const& entry : std::filesystem::directory_iterator("../../examples"))
        if (entry.path().string().ends_with(".vethwork.yaml")) paths.push_back(entry.path().string());
    std::ranges::sort(paths);
    EXPECT_GE(paths.size(), 18u);
    return paths;
}

topology::Lab example(std::string const& path) { return lab_of(path, read_file(path).value()); }

/// The first fault of a text as XML: elements closed in their order, attributes quoted, nothing unescaped.
std::string fault_of_xml(std::string_view text) {
    std::vector<std::string_view> open;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '&') {
            auto const end = text.find(';', at);
            auto const name = end == std::string_view::npos ? "" : text.substr(at + 1, end - at - 1);
            if (name != "amp" && name != "lt" && name != "gt" && name != "quot") return "a bare &";
        }
        if (text[at] == '>') return "a bare >";
        if (static_cast<unsigned char>(text[at]) < 0x20 && text[at] != '\n') return "a control character";
        if (text[at] != '<') {
            ++at;
            continue;
        }
        auto const end = text.find('>', at);
        if (end == std::string_view::npos) return "an open <";
        auto const tag = text.substr(at + 1, end - at - 1);
        if (std::ranges::count(tag, '"') % 2 != 0 || tag.find('<') != std::string_view::npos)
            return "attributes of " + std::string(tag);
        auto const name = tag.substr(0, tag.find_first_of(" /", 1));
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1)) return "no place for " + std::string(tag);
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            open.push_back(name);
        }
        if (open.empty() && text.substr(end + 1) != "\n") return "something after the end";
        at = end + 1;
    }
    return open.empty() ? "" : "not closed: " + std::string(open.back());
}

constexpr auto small_drawing = R"(  <rect class="paper" width="561" height="124"/>
  <path class="down" d="M150 67C178 67 178 67 206 67"><title>a:eth0 to wan</title></path>
  <path class="down" d="M418 67C390 67 390 67 362 67"><title>r:up0 to wan</title></path>
  <g class="host">
    <rect x="16" y="33" width="134" height="47" rx="3"/>
    <text class="title" x="25" y="50">a</text>
    <text class="name" x="25" y="71">eth0</text>
    <text x="62" y="71">10.0.1.2/24</text>
  </g>
  <g class="router">
    <rect x="418" y="16" width="127" height="64" rx="3"/>
    <text class="title" x="427" y="33">r</text>
    <text class="note" x="492" y="33">router</text>
    <text class="name" x="427" y="54">lo</text>
    <text x="456" y="54">10.9.0.1/32</text>
    <text class="name" x="427" y="71">up0</text>
    <text x="456" y="71">10.0.1.1/24</text>
  </g>
  <g class="link down">
    <rect x="206" y="27" width="156" height="81" rx="10"/>
    <text class="title" x="215" y="44">wan</text>
    <text x="215" y="65">10.0.1.0/24</text>
    <text x="215" y="82">delay 20ms, loss 1%</text>
    <text x="215" y="99">down</text>
  </g>
</svg>
)";

TEST(LabSvg, IsWhole) {
    auto const lab = small(
        "title: \"a < b & \\\"c\\\"\"\naddressing: { v4: 10.0.0.0/16, v6: off }\n"
        "nodes: { a: , r: { role: router, lo: 10.9.0.1/32 } }\n"
        "links: [{ name: wan, link: [a, 'r:up0'], impair: { delay: 20ms, loss: 1% }, up: no }]\n");
    auto const svg = graph_svg(lab);
    auto const drawn = svg.substr(svg.find("</style>\n") + 9);
    EXPECT_THAT(svg,
                testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"561\" height=\"124\" "
                                    "viewBox=\"0 0 561 124\" role=\"img\">\n"
                                    "  <title>a &lt; b &amp; &quot;c&quot;</title>\n  <style>\n"));
    EXPECT_EQ(drawn, small_drawing);
}

TEST(LabSvg, OfEachExampleIsXmlAndTellsAllOfIt) {
    for (auto const& path : examples()) {
        SCOPED_TRACE(path);
        auto const lab = example(path);
        auto const svg = graph_svg(lab);
        EXPECT_EQ(fault_of_xml(svg), "");
        std::size_t cables = 0;
        for (auto const& node : lab.nodes) {
            EXPECT_THAT(svg, HasSubstr(">" + node.name + "</text>"));
            for (auto const& address : node.loopback)
                EXPECT_THAT(svg, HasSubstr(">" + address.to_string() + "<"));
            for (auto const& interface : node.interfaces)
                EXPECT_THAT(svg, HasSubstr(">" + interface.name + "</text>"));
        }
        for (auto const& link : lab.links) {
            EXPECT_THAT(svg, HasSubstr(">" + link.name + "</text>"));
            for (auto const& end : link.ends) {
                EXPECT_THAT(svg, HasSubstr(">" + lab.nodes[end.node].name + ":" + end.interface + " to " +
                                           link.name + "</title>"));
                EXPECT_THAT(svg, HasSubstr(">" + end.interface + "</text>"));
                for (auto const& address : end.addresses)
                    EXPECT_THAT(svg, HasSubstr(">" + address.to_string() + "</text>"));
                ++cables;
            }
        }
        EXPECT_EQ(draw_lab(lab).lines.size(), cables);
    }
}

bool overlap(DrawnBox const& a, DrawnBox const& b) {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/// A line stays between its ends' x, so it meets a box only where the box lies between them.
bool in_the_way(DrawnBox const& box, DrawnLine const& line) {
    auto const [left, right] = std::minmax(line.from_x, line.to_x);
    auto const [top, bottom] = std::minmax(line.from_y, line.to_y);
    return box.x < right && left < box.x + box.width && box.y < bottom && top < box.y + box.height;
}

void expect_room_for_text(DrawnBox const& box) {
    auto const inner = static_cast<std::size_t>(box.width - 2 * DrawnText::padding);
    auto const needs = [](std::string_view text) {  // 7.2 pixels a character, as at most such fonts have
        return topology::count_characters(text) * 72 / 10;
    };
    EXPECT_LE(needs(box.title + box.note), inner) << box.title;
    std::size_t names = 0;
    for (auto const& row : box.rows) names = std::max<std::size_t>(names, needs(row.name));
    for (auto const& row : box.rows) EXPECT_LE(names + needs(row.text), inner) << row.text;
    EXPECT_GE(box.height, DrawnText::header + static_cast<int>(box.rows.size()) * DrawnText::row);
}

void expect_readable(Drawing const& drawing) {
    for (auto const& box : drawing.boxes) {
        EXPECT_GE(box.x, 0);
        EXPECT_GE(box.y, 0);
        EXPECT_LE(box.x + box.width, drawing.width);
        EXPECT_LE(box.y + box.height, drawing.height);
        expect_room_for_text(box);
        for (auto const& line : drawing.lines) EXPECT_FALSE(in_the_way(box, line)) << box.title << line.title;
        for (auto const& other : drawing.boxes)
            EXPECT_TRUE(&other == &box || !overlap(box, other)) << box.title << " " << other.title;
    }
    for (auto const& line : drawing.lines) EXPECT_GE(std::abs(line.from_x - line.to_x), 40) << line.title;
}

TEST(LabDrawing, OfEachExampleOverlapsNothing) {
    for (auto const& path : examples()) {
        SCOPED_TRACE(path);
        expect_readable(draw_lab(example(path)));
    }
}

TEST(LabDrawing, OverlapsNothingWhereLinksMakeACircleOrAreMissing) {
    for (std::string const links :
         {"links: []", "links: [{ link: [a, a] }]", "links: [{ ring: [a, b, c] }, { mesh: [d, e, f, a] }]",
          "links: [{ lan: [a] }, { link: [b, c] }, { link: [b, c] }]",
          "links: [{ mesh: [a, b, c, d, e, f] }]"}) {
        SCOPED_TRACE(links);
        expect_readable(
            draw_lab(small("nodes: { a: , b: , c: , d: , e: { role: router }, f: }\n" + links + "\n")));
    }
}

std::size_t count_columns(Drawing const& drawing) {
    std::set<int> lefts;
    for (auto const& box : drawing.boxes) lefts.insert(box.x);
    return lefts.size();
}

TEST(LabDrawing, GoesAlongAChainAndFromTheHostsOfAFatTreeInwards) {
    // Five nodes, four cables.
    EXPECT_EQ(count_columns(draw_lab(
                  small("nodes: { a: , b: , c: , d: , e: }\nlinks: [{ chain: [a, b, c, d, e] }]\n"))),
              9u);
    auto const tree = draw_lab(example("../../examples/fat-tree.vethwork.yaml"));
    EXPECT_EQ(count_columns(tree), 7u);
}

TEST(LabDrawing, LevelsWhatIsInARow) {
    auto const drawing = draw_lab(small("nodes: { a: , b: , c: }\nlinks: [{ chain: [a, b, c] }]\n"));
    for (auto const& line : drawing.lines)
        EXPECT_LE(std::abs(line.from_y - line.to_y), DrawnText::row * 2) << line.title;
}

}  // namespace
}  // namespace vethwork::report
