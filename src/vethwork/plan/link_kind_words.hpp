// The words of each kind of link: how `type KIND …` is read and printed. One row a kind, in its own file.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vethwork/plan/words.hpp>
#include <vethwork/topology/link.hpp>

namespace vethwork::plan {

struct LinkKindWords {
    std::string_view name;
    topology::LinkKind (*make)();
    /// Reads everything behind `type NAME`.
    Result<> (*parse)(WordReader& words, topology::LinkKind& kind);
    /// What parse() reads back.
    void (*print)(topology::LinkKind const& kind, std::vector<std::string>& words);
    /// Ports: behind `type NAME_slave`. May be null.
    topology::PortKind (*make_port)() = nullptr;
    Result<> (*parse_port)(WordReader& words, topology::PortKind& port) = nullptr;
    void (*print_port)(topology::PortKind const& port, std::vector<std::string>& words) = nullptr;
};

[[nodiscard]] LinkKindWords const* find_kind_words(std::string_view name);

extern LinkKindWords const bridge_words, veth_words;

}  // namespace vethwork::plan
