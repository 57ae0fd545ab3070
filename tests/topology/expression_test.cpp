// $(…), quantities, and the tree of YAML.
#include <vethwork/topology/expression.hpp>

#include <gtest/gtest.h>

#include <vethwork/topology/range.hpp>
#include <vethwork/topology/units.hpp>
#include <vethwork/topology/yaml.hpp>

namespace vethwork::topology {
namespace {

std::string value(std::string_view text) {
    Variables variables;
    variables.set("k", std::int64_t{6});
    variables.set("site", std::string("north"));
    auto const result = evaluate(text, variables);
    if (auto const* const fault = std::get_if<ExpressionFault>(&result)) return fault->code;
    return to_text(std::get<Value>(result));
}

TEST(Expression, FollowsTheUsualOrder) {
    EXPECT_EQ(value("1 + 2 * 3"), "7");
    EXPECT_EQ(value("(1 + 2) * 3"), "9");
    EXPECT_EQ(value("k*k/4 - 1"), "8");
    EXPECT_EQ(value("7 % 4"), "3");
    EXPECT_EQ(value("10 - 3 - 2"), "5");
    EXPECT_EQ(value("-k + 1"), "-5");
    EXPECT_EQ(value("!(k == 6)"), "0");
    EXPECT_EQ(value("k >= 6 && k < 7 || 0"), "1");
    EXPECT_EQ(value("k != 6 || k <= 5"), "0");
}

TEST(Expression, TakesTextAlone) {
    EXPECT_EQ(value("site"), "north");
    EXPECT_EQ(value("site == 'north'"), "1");
    EXPECT_EQ(value("site != 'south'"), "1");
    EXPECT_EQ(value("site + 1"), "E219");
}

TEST(Expression, RefusesTheRest) {
    for (char const* text : {"", "1 +", "(1", "1)", "1 2", "'open", "#", "3x"})
        EXPECT_EQ(value(text), "E215") << text;
    EXPECT_EQ(value("unknown"), "E216");
    EXPECT_EQ(value("1 / 0"), "E217");
    EXPECT_EQ(value("9223372036854775807 + 1"), "E218");
    EXPECT_EQ(value("(0 - 9223372036854775807 - 1) / -1"), "E218");
    EXPECT_EQ(value(std::string(1000, '(')), "E215");
    EXPECT_EQ(value(std::string(1000, '-') + "1"), "E215");
}

TEST(Substitute, ReplacesInsideTextAndKeepsEscapes) {
    Variables variables;
    variables.set("a", std::int64_t{2});
    EXPECT_EQ(std::get<std::string>(substitute("x-$(a)-$(a*(a+1))", variables)), "x-2-6");
    EXPECT_EQ(std::get<std::string>(substitute("cost $5 $$(a)", variables)), "cost $5 $(a)");
    EXPECT_EQ(std::get<ExpressionFault>(substitute("x-$(b)", variables)).offset, 4u);
}

TEST(Units, NeedTheirUnit) {
    EXPECT_EQ(parse_duration("20ms"), Duration{20'000'000});
    EXPECT_EQ(parse_duration("1.5s"), Duration{1'500'000'000});
    EXPECT_EQ(parse_duration("2min"), Duration{120'000'000'000});
    EXPECT_EQ(parse_rate("10mbit"), BitRate{10'000'000});
    EXPECT_EQ(parse_rate("1.5gbit"), BitRate{1'500'000'000});
    EXPECT_EQ(parse_percent("0.5%"), Share{0.005});
    EXPECT_EQ(parse_size("64kB"), 64000u);
    EXPECT_EQ(parse_size("1MiB"), 1048576u);
    for (char const* text : {"20", "", "ms", "-1ms", "1e3ms", "20 ms", ".5s", "5.s", "1.2.3s", "999999h"})
        EXPECT_FALSE(parse_duration(text)) << text;
    EXPECT_FALSE(parse_percent("101%"));
}

TEST(Units, PrintWhatReadsBack) {
    for (char const* text : {"20ms", "1500us", "3s", "2min", "1h", "7ns"})
        EXPECT_EQ(to_text(*parse_duration(text)), text);
    for (char const* text : {"10mbit", "1500kbit", "3bit", "2gbit"})
        EXPECT_EQ(to_text(*parse_rate(text)), text);
    for (char const* text : {"1%", "0.5%", "100%"}) EXPECT_EQ(to_text(*parse_percent(text)), text);
}

TEST(Range, BoundsOnEitherSide) {
    EXPECT_TRUE(parse_range<Share>("<= 20%")->contains(Share{0.2}));
    EXPECT_FALSE(parse_range<Share>("20%")->contains(Share{0.21}));
    EXPECT_TRUE(parse_range<BitRate>("17mbit")->contains(BitRate{18'000'000}));
    EXPECT_FALSE(parse_range<Duration>("35ms..60ms")->contains(Duration{34'000'000}));
    EXPECT_FALSE(parse_range<Duration>("60ms..35ms"));
}

TEST(Yaml, KeepsTextAsWrittenWithItsPlace) {
    Sources sources;
    sources.add("t.yaml", "country: no\nmac: 12:30:45\nlist: [1.10, ~, \"q\"]\ntext: |\n  one\n  two\n");
    Complaints complaints(sources);
    auto const tree = parse_yaml(sources, 0, complaints);
    ASSERT_TRUE(tree);
    EXPECT_EQ(tree->find("country")->text, "no");
    EXPECT_EQ(tree->find("mac")->text, "12:30:45");
    auto const& list = tree->find("list")->items;
    EXPECT_EQ(list[0].text, "1.10");
    EXPECT_EQ(list[1].kind, YamlKind::empty);
    EXPECT_TRUE(list[2].quoted);
    EXPECT_EQ(list[0].place, (Place{0, 3, 8, 4}));
    EXPECT_EQ(list[2].place, (Place{0, 3, 17, 3}));
    EXPECT_EQ(tree->find("text")->text, "one\ntwo\n");
    EXPECT_EQ(tree->find("text")->place.line, 5u);
}

TEST(Yaml, OfManyLaughsIsRefused) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        std::string const before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 1; j < 10; ++j) text += ", " + before;
        text += "]\n";
    }
    Sources sources;
    sources.add("laughs.yaml", text);
    Complaints complaints(sources);
    EXPECT_FALSE(parse_yaml(sources, 0, complaints));
    EXPECT_EQ(complaints.take().at(0).code, "E105");
}

}  // namespace
}  // namespace vethwork::topology
