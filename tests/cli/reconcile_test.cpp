// A lab whose file has changed comes up at once, whatever the kernel takes along on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>

#include "support/command.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

constexpr auto before = R"(vethwork: 1
name: again
nodes: { a: {}, b: {}, r: { role: router }, q: { role: router, lo: 10.255.0.1/32 } }
links:
  - link: [{ node: a, if: e0, ip: [10.1.0.1/24, 10.1.0.2/24] }, { node: b, if: e0, ip: 10.1.0.9/24 }]
    mtu: 1400
  - link: [{ node: a, if: e1 }, { node: r, if: e0 }]
  - { link: [r:x0, q:x0] }
  - { link: [r:x1, q:x1] }
)";

/// The first address of a subnet goes, one MTU is the usual one again, a link with IPv6 is put down, and both
/// links of a route of two hops are others.
constexpr auto after = R"(vethwork: 1
name: again
nodes: { a: {}, b: {}, r: { role: router }, q: { role: router, lo: 10.255.0.1/32 } }
links:
  - link: [{ node: a, if: e0, ip: 10.1.0.2/24 }, { node: b, if: e0, ip: 10.1.0.9/24 }]
  - { link: [{ node: a, if: e1 }, { node: r, if: e0 }], up: no }
  - { link: [r:y0, q:x0] }
  - { link: [r:y1, q:x1] }
)";

Outcome vethwork(std::string const& words) {
    return shell(VETHWORK_PROGRAM " " + words + " -f /run/again.yaml");
}

void expect_as_the_file_says(std::string const& text) {
    ASSERT_TRUE(write_file("/run/again.yaml", text).ok());
    auto const up = vethwork("up");
    EXPECT_EQ(up.status, 0) << up.out << up.err;
    EXPECT_EQ(vethwork("plan").out, "0 steps.\n");
}

TEST(Reconcile, BringsAChangedFileUpAtOnce) {
    expect_as_the_file_says(before);
    expect_as_the_file_says(after);
    auto const shown = shell(VETHWORK_PROGRAM " exec a -f /run/again.yaml -- " VETHWORK_PROGRAM " ip addr");
    EXPECT_THAT(shown.out, HasSubstr("inet 10.1.0.2/24"));
    EXPECT_THAT(shown.out, HasSubstr("inet6 fd00:0:0:1::2/64"));
    EXPECT_THAT(shown.out, testing::Not(HasSubstr("mtu 1400")));
    expect_as_the_file_says(before);
    EXPECT_EQ(vethwork("down").status, 0);
}

}  // namespace
}  // namespace vethwork::test
