// Changes of links. Source: ip-link(8).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vethwork/plan/link_words.hpp>
#include <vethwork/topology/link.hpp>

namespace vethwork::plan {

struct DeleteLink {
    topology::LinkRef link;
    std::optional<std::uint32_t> group;  ///< all links of a group instead
    topology::LinkKind kind;             ///< said to the kernel, which ignores it

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteLink const&) const = default;
};

struct AddLink {
    topology::Link link;
    bool replace = false;  ///< one that is there already is changed instead

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] DeleteLink inverse() const { return {.link = {link.name, link.index}}; }
    bool operator==(AddLink const&) const = default;
};

/// Sets what `changes` has; `changes.name` says which link, unless `group` says which links.
struct ChangeLink {
    topology::Link changes;
    std::optional<std::uint32_t> group;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(ChangeLink const&) const = default;
};

struct AddLinkNames;

/// Takes alternative names from a link.
struct DeleteLinkNames {
    topology::LinkRef link;
    std::vector<std::string> names;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] AddLinkNames inverse() const;
    bool operator==(DeleteLinkNames const&) const = default;
};

/// Gives a link alternative names.
struct AddLinkNames {
    topology::LinkRef link;
    std::vector<std::string> names;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] DeleteLinkNames inverse() const { return {link, names}; }
    bool operator==(AddLinkNames const&) const = default;
};
inline AddLinkNames DeleteLinkNames::inverse() const { return {link, names}; }

/// The words behind `link add`, `link set`, `link delete`.
[[nodiscard]] Result<AddLink> parse_link_add(WordReader& words, LinkContext context = {});
[[nodiscard]] Result<ChangeLink> parse_link_set(WordReader& words, LinkContext context = {});
[[nodiscard]] Result<DeleteLink> parse_link_delete(WordReader& words, LinkContext context = {});
/// The words behind `link property add` and `link property del`.
[[nodiscard]] Result<AddLinkNames> parse_link_names_add(WordReader& words);
[[nodiscard]] Result<DeleteLinkNames> parse_link_names_delete(WordReader& words);

/// The words that describe a link, as `link add` takes them behind its name; parse and print are inverse.
[[nodiscard]] std::vector<std::string> link_words(topology::Link const& link);

}  // namespace vethwork::plan
