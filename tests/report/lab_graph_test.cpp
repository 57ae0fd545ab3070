// The pictures of small labs, whole.
#include <vethwork/report/lab_graph.hpp>

#include <gtest/gtest.h>

#include <vethwork/topology/read_lab.hpp>

namespace vethwork::report {
namespace {

topology::Lab lab_of(std::string text) {
    auto reading = topology::read_lab("lab.yaml", "vethwork: 1\nname: small\n" + std::move(text));
    for (auto const& complaint : reading.complaints)
        EXPECT_NE(complaint.severity, topology::Severity::error) << complaint.to_text();
    return std::move(reading.lab).value();
}

topology::Lab small() {
    return lab_of(
        "addressing: { v4: 10.0.0.0/16, v6: off }\n"
        "nodes: { a: , b: , r: { role: router }, far: }\n"
        "links:\n"
        "  - { name: near, lan: [a, b, r] }\n"
        "  - { name: wan, link: [r, 'far:up0'], impair: { delay: 20ms, loss: 1% } }\n");
}

TEST(LabGraph, AsText) {
    EXPECT_EQ(graph_text(small()),
              "near   10.0.1.0/24\n"
              "  ├─ a:eth0\n"
              "  ├─ b:eth0\n"
              "  └─ r:eth0\n"
              "r:eth1 ──── far:up0   wan   10.0.2.0/24   delay 20ms, loss 1%\n");
}

TEST(LabGraph, NamesDirectionsWhereTheyDifferAndNodesWithoutLinks) {
    auto const lab = lab_of(
        "addressing: { v4: off, v6: off }\nnodes: { a: , b: , alone: }\n"
        "links: [{ link: [a, b], name: x, up: no,\n"
        "          impair: { delay: 5ms, from: { b: { delay: 7ms } } } }]\n");
    EXPECT_EQ(graph_text(lab),
              "a:eth0 ──── b:eth0   x   from a: delay 5ms   from b: delay 7ms   down\nalone\n");
}

TEST(LabGraph, AsDot) {
    EXPECT_EQ(graph_dot(small()),
              "graph \"small\" {\n"
              "    node [fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\", fontsize=10];\n"
              "    \"a\" [shape=box];\n"
              "    \"b\" [shape=box];\n"
              "    \"r\" [shape=ellipse];\n"
              "    \"far\" [shape=box];\n"
              "    \"lan 0\" [shape=plaintext, label=\"near\\n10.0.1.0/24\"];\n"
              "    \"a\" -- \"lan 0\" [taillabel=\"eth0\"];\n"
              "    \"b\" -- \"lan 0\" [taillabel=\"eth0\"];\n"
              "    \"r\" -- \"lan 0\" [taillabel=\"eth0\"];\n"
              "    \"r\" -- \"far\" [label=\"wan\\n10.0.2.0/24\\ndelay 20ms, loss 1%\", taillabel=\"eth1\", "
              "headlabel=\"up0\"];\n"
              "}\n");
}

TEST(LabGraph, AsMermaid) {
    EXPECT_EQ(graph_mermaid(small()),
              "graph LR\n"
              "    n0[\"a\"]\n"
              "    n1[\"b\"]\n"
              "    n2([\"r (router)\"])\n"
              "    n3[\"far\"]\n"
              "    l0{{\"near<br>10.0.1.0/24\"}}\n"
              "    n0 ---|\"eth0\"| l0\n"
              "    n1 ---|\"eth0\"| l0\n"
              "    n2 ---|\"eth0\"| l0\n"
              "    n2 ---|\"wan<br>10.0.2.0/24<br>delay 20ms, loss 1%\"| n3\n");
}

}  // namespace
}  // namespace vethwork::report
