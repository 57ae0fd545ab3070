// A matrix as text and as JSON, whole.
#include <vethwork/report/matrix_text.hpp>

#include <gtest/gtest.h>

namespace vethwork::report {
namespace {

using diagnose::Action;
using diagnose::Matrix;
using diagnose::Verdict;

/// a and b reach each other, but b to a.
Matrix two() {
    Matrix matrix;
    matrix.protocol = {diagnose::Protocol::tcp, 80};
    matrix.nodes = {{"lab.a", *IpAddress::parse("10.0.0.1")}, {"lab.b", *IpAddress::parse("10.0.0.2")}};
    matrix.pairs = {
        {.from = 0, .to = 1, .verdict = Verdict::reachable, .round_trip_ms = 0.25, .cause = {}},
        {.from = 1, .to = 0, .verdict = Verdict::unreachable, .cause = "port-closed", .explanation = 0}};
    matrix.explanations = {
        {.verdict = Verdict::unreachable,
         .causes = {"port-closed"},
         .netns = "lab.a",
         .what = "nobody listens on tcp:80",
         .repair = {{Action::Tool::program, "lab.a", "one"}, {Action::Tool::program, "lab.a", "two"}},
         .pairs = 1}};
    matrix.elapsed_ms = 1234;
    return matrix;
}

TEST(MatrixText, IsATableWithWordsAndWhatTheyMean) {
    EXPECT_EQ(matrix_text(two(), {"lab.", 120}),
              "from \\ to  a            b\n"
              "a          ·            ok\n"
              "b          port-closed  ·\n"
              "\n"
              "port-closed (1 pair): a: nobody listens on tcp:80\n"
              "  repair  ip netns exec lab.a one\n"
              "          ip netns exec lab.a two\n"
              "\n"
              "1 of 2 pairs reach each other by tcp:80 (1.2 s)\n");
}

TEST(MatrixText, HasNumbersWhereWordsTakeTooMuchRoom) {
    auto matrix = two();
    matrix.explanations[0].repair.clear();
    matrix.explanations[0].verdict = Verdict::degraded;
    EXPECT_EQ(matrix_text(matrix, {"", 25}),
              "from \\ to  lab.a  lab.b\n"
              "lab.a      ·      ok\n"
              "lab.b      [1]    ·\n"
              "\n"
              "[1] port-closed (1 pair), at times: lab.a: nobody listens on tcp:80\n"
              "\n"
              "1 of 2 pairs reach each other by tcp:80 (1.2 s)\n");
}

TEST(MatrixText, IsJson) {
    EXPECT_EQ(
        matrix_json(two()),
        R"({"all_reached":false,"protocol":"tcp:80","nodes":[{"ns":"lab.a","address":"10.0.0.1"},)"
        R"({"ns":"lab.b","address":"10.0.0.2"}],"pairs":[)"
        R"({"from":"lab.a","to":"lab.b","verdict":"reachable","round_trip_ms":0.25},)"
        R"({"from":"lab.b","to":"lab.a","verdict":"unreachable","cause":"port-closed","explanation":0}],)"
        R"("explanations":[{"causes":["port-closed"],"namespace":"lab.a","what":"nobody listens on tcp:80",)"
        R"("repair":["ip netns exec lab.a one","ip netns exec lab.a two"],"pairs":1}],"elapsed_ms":1234})");
}

}  // namespace
}  // namespace vethwork::report
