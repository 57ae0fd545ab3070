#include <vethwork/diagnose/matrix.hpp>

#include <gtest/gtest.h>

namespace vethwork::diagnose {
namespace {

Diagnosis diagnosis(std::string cause, std::string what) {
    Diagnosis one;
    one.verdict = Verdict::unreachable;
    one.cause = Finding{.cause = std::move(cause), .netns = "z", .what = std::move(what), .repair = {}};
    return one;
}

TEST(Matrix, SaysEachThingOnce) {
    std::vector<Explanation> explanations;
    EXPECT_EQ(explain(explanations, diagnosis("no-route-return", "no route to a")), 0u);
    EXPECT_EQ(explain(explanations, diagnosis("port-closed", "nobody listens")), 1u);
    EXPECT_EQ(explain(explanations, diagnosis("no-route-forward", "no route to a")), 0u);
    EXPECT_EQ(explain(explanations, diagnosis("no-route-forward", "no route to a")), 0u);
    EXPECT_EQ(explain(explanations, Diagnosis{}), 2u);
    ASSERT_EQ(explanations.size(), 3u);
    EXPECT_EQ(explanations[0].causes, (std::vector<std::string>{"no-route-return", "no-route-forward"}));
    EXPECT_EQ(explanations[0].pairs, 3u);
    EXPECT_EQ(explanations[2].causes, std::vector<std::string>{"unknown"});
}

TEST(Matrix, FindsThePairOfTwoNodes) {
    Matrix matrix;
    matrix.nodes.resize(4, {"n", *IpAddress::parse("10.0.0.1")});
    for (std::size_t from = 0; from < 4; ++from)
        for (std::size_t to = 0; to < 4; ++to)
            if (from != to) matrix.pairs.push_back({.from = from, .to = to, .cause = {}, .explanation = {}});
    for (auto const& pair : matrix.pairs) EXPECT_EQ(matrix.pair(pair.from, pair.to), &pair);
    EXPECT_EQ(matrix.pair(2, 2), nullptr);
    EXPECT_FALSE(matrix.all_reached());
}

}  // namespace
}  // namespace vethwork::diagnose
