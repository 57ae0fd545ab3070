// The table of fields, and what is made of it.
#include <vethwork/topology/field.hpp>

#include <set>

#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>

namespace vethwork::topology {
namespace {

void check_type_text(std::string_view type, Field const& field) {
    for (auto const one : alternatives(type)) {
        ASSERT_FALSE(one.empty()) << field.object << "." << field.key;
        if (one[0] == '=') continue;
        if (one[0] == '[' || one[0] == '<')
            check_type_text(one.substr(1, one.size() - 2), field);
        else if (one[0] == '{')
            EXPECT_FALSE(fields_of(one.substr(1, one.size() - 2)).empty()) << one;
        else
            EXPECT_NE(scalar_row(one), nullptr) << field.object << "." << field.key << ": " << one;
    }
}

TEST(FieldTable, IsWhole) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (auto const& field : fields()) {
        EXPECT_TRUE(seen.emplace(field.object, field.key).second) << field.object << "." << field.key;
        EXPECT_TRUE(field.doc.ends_with('.')) << field.object << "." << field.key;
        check_type_text(field.type, field);
    }
    for (auto const& row : objects()) EXPECT_FALSE(fields_of(row.name).empty()) << row.name;
}

TEST(FieldTable, HasExamplesThatFit) {
    for (auto const& row : scalar_types()) EXPECT_TRUE(row.fits(row.example)) << row.name;
}

TEST(ReferencePage, IsTheOneInTheRepository) {
    auto const page = read_file("../../docs/topology.md");
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page.value(), reference_page()) << "write what reference_page() gives to docs/topology.md";
}

}  // namespace
}  // namespace vethwork::topology
