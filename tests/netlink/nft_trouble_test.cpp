#include <vethwork/netlink/nft_trouble.hpp>

#include <gmock/gmock.h>

namespace vethwork::netlink {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NftTroubles, AreReadWithTheirPlaces) {
    EXPECT_THAT(read_nft_troubles("f.nft:4:10-16: Error: Could not process rule: No such file or directory\n"
                                  "    jump nowhere\n"
                                  "         ^^^^^^^\n"
                                  "f.nft:6:9: Error: Interface does not exist\n",
                                  "f.nft"),
                ElementsAre(NftTrouble{4, 10, 7, "Could not process rule: No such file or directory"},
                            NftTrouble{6, 9, 1, "Interface does not exist"}));
}

TEST(NftTroubles, ThatFollowFromOthersAreLeftOut) {
    EXPECT_THAT(read_nft_troubles("f:3:12-12: Error: syntax error, unexpected '{', expecting string\n"
                                  "f:4:5-8: Error: syntax error, unexpected type\n"
                                  "f:9:1-2: Error: Interface does not exist\n"
                                  "f:9:1-2: Error: Could not process rule: Operation not supported\n",
                                  "f"),
                ElementsAre(NftTrouble{3, 12, 1, "syntax error, unexpected '{', expecting string"},
                            NftTrouble{9, 1, 2, "Interface does not exist"}));
}

TEST(NftTroubles, OfAnIncludedFileAreToldWhereItIsIncluded) {
    EXPECT_THAT(read_nft_troubles("In file included from f:2:2-29:\n"
                                  "/etc/x.nft:1:1-5: Error: syntax error, unexpected table\n"
                                  "table inet q {\n",
                                  "f"),
                ElementsAre(NftTrouble{2, 2, 28, "/etc/x.nft:1:1-5: syntax error, unexpected table"}));
}

TEST(NftTroubles, MayHaveNoPlace) {
    EXPECT_THAT(read_nft_troubles("Error: cache initialization failed: Operation not permitted\n", "f"),
                ElementsAre(NftTrouble{0, 0, 1, "cache initialization failed: Operation not permitted"}));
    EXPECT_THAT(read_nft_troubles("", "f"), IsEmpty());
    EXPECT_THAT(
        read_nft_troubles("f:x:1: Error: no\nf:1\nf:1:99999999999: Error: no\nf:2:3-1: Warning: w\n", "f"),
        IsEmpty());
}

}  // namespace
}  // namespace vethwork::netlink
