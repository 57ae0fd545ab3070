#include <vethwork/plan/link_kind_words.hpp>

#include <algorithm>

namespace vethwork::plan {

LinkKindWords const* find_kind_words(std::string_view name) {
    static constexpr LinkKindWords const* rows[] = {&bridge_words, &veth_words};
    auto const* const found =
        std::ranges::find(rows, name, [](LinkKindWords const* row) { return row->name; });
    return found == std::end(rows) ? nullptr : *found;
}

}  // namespace vethwork::plan
