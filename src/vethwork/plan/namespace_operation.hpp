// Changes of names and ids of network namespaces. Source: ip-netns(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/plan/words.hpp>

namespace vethwork::plan {

struct DeleteNamespace {
    std::string name;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteNamespace const&) const = default;
};

struct AddNamespace {
    std::string name;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] DeleteNamespace inverse() const { return {name}; }
    bool operator==(AddNamespace const&) const = default;
};

/// A name for the namespace of a process.
struct AttachNamespace {
    std::string name;
    std::int32_t pid = 0;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] DeleteNamespace inverse() const { return {name}; }
    bool operator==(AttachNamespace const&) const = default;
};

/// The id by which the present namespace knows another. It is given once: there is no way to take it back.
struct SetNamespaceId {
    std::string name;
    std::optional<std::int32_t> nsid;  ///< nothing: the kernel chooses

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(SetNamespaceId const&) const = default;
};

/// The words behind `netns add`, `delete`, `attach` and `set`; further words are passed over, as iproute2
/// does.
[[nodiscard]] Result<AddNamespace> parse_namespace_add(WordReader& words);
[[nodiscard]] Result<DeleteNamespace> parse_namespace_delete(WordReader& words);
[[nodiscard]] Result<AttachNamespace> parse_namespace_attach(WordReader& words);
[[nodiscard]] Result<SetNamespaceId> parse_namespace_set(WordReader& words);

}  // namespace vethwork::plan
