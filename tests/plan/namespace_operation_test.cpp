#include <gtest/gtest.h>

#include <vethwork/plan/namespace_operation.hpp>
#include <vethwork/plan/operation.hpp>

namespace vethwork::plan {
namespace {

using Words = std::vector<std::string>;

/// The words behind `netns add` and so on.
template <class Parse>
auto parse(Parse parse_words, Words const& words) {
    WordReader reader(words);
    return parse_words(reader);
}

TEST(NamespaceOperation, ReadsBackItsOwnWords) {
    AttachNamespace const attach{.name = "x", .pid = 77};
    auto words = attach.words();
    EXPECT_EQ(words, (Words{"netns", "attach", "x", "77"}));
    EXPECT_EQ(*parse(parse_namespace_attach, Words(words.begin() + 2, words.end())), attach);
    for (SetNamespaceId const& set : {SetNamespaceId{"a", 5}, SetNamespaceId{"a", std::nullopt}}) {
        words = set.words();
        EXPECT_EQ(*parse(parse_namespace_set, Words(words.begin() + 2, words.end())), set);
    }
}

TEST(NamespaceOperation, ComplainsAsIproute2Does) {
    EXPECT_EQ(parse(parse_namespace_add, {}).error(), lookup_error("No netns name specified"));
    EXPECT_EQ(parse(parse_namespace_attach, {"x"}).error(), lookup_error("No netns name and PID specified"));
    EXPECT_EQ(parse(parse_namespace_attach, {"x", "abc"}).error(), lookup_error("Invalid PID: abc"));
    EXPECT_EQ(parse(parse_namespace_set, {"x"}).error(), lookup_error("No nsid specified"));
    EXPECT_EQ(parse(parse_namespace_set, {"x", "y"}).error(),
              usage_error("Error: argument \"y\" is wrong: Invalid \"netnsid\" value"));
    EXPECT_EQ(parse(parse_namespace_set, {"x", "-1"}).error(),
              usage_error("Error: argument \"-1\" is wrong: \"netnsid\" value should be >= 0"));
}

TEST(NamespaceOperation, TakesANewNameBack) {
    EXPECT_EQ(inverse_of(AddNamespace{"a"}), std::optional<Operation>(DeleteNamespace{"a"}));
    EXPECT_EQ(inverse_of(AttachNamespace{"a", 3}), std::optional<Operation>(DeleteNamespace{"a"}));
    EXPECT_EQ(inverse_of(DeleteNamespace{"a"}), std::nullopt);
    EXPECT_EQ(inverse_of(SetNamespaceId{"a", 3}), std::nullopt);
}

}  // namespace
}  // namespace vethwork::plan
