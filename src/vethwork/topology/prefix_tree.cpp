#include <vethwork/topology/prefix_tree.hpp>

#include <algorithm>
#include <array>

#include <vethwork/topology/address_number.hpp>

namespace vethwork::topology {

namespace {

/// Choices that all cost the same number of routes below. More than four are forgotten: still right, at worst
/// a route too many.
struct Candidates {
    std::array<HopChoice, 4> choices{};
    std::uint8_t count = 0;
    bool any = false;   ///< whatever is above will do
    bool bare = false;  ///< something below must stay without a route

    [[nodiscard]] bool has(HopChoice choice) const {
        return std::find(choices.begin(), choices.begin() + count, choice) != choices.begin() + count;
    }
    void add(HopChoice choice) {
        if (count < choices.size() && !has(choice)) choices[count++] = choice;
    }
};

Candidates combine(Candidates const& left, Candidates const& right) {
    if (left.bare || right.bare) return {.bare = true};
    if (left.any) return right;
    if (right.any) return left;
    Candidates result;
    for (std::uint8_t i = 0; i < left.count; ++i)
        if (right.has(left.choices[i])) result.add(left.choices[i]);
    if (result.count > 0) return result;
    result = left;
    for (std::uint8_t i = 0; i < right.count; ++i) result.add(right.choices[i]);
    return result;
}

Candidates single(HopChoice choice, std::optional<HopChoice> fallback) {
    if (choice == connected_route) return {.any = true};
    if (choice == no_route && !fallback) return {.bare = true};
    Candidates result;
    result.add(choice == no_route ? *fallback : choice);
    return result;
}

/// How many leading bits two addresses share, at most `most`.
std::uint8_t shared_bits(IpAddress const& a, IpAddress const& b, std::uint8_t most) {
    auto const difference = to_number(a) ^ to_number(b);
    std::uint8_t bits = 0;
    while (bits < most && (difference >> (address_bits(a.family) - 1 - bits) & 1) == 0) ++bits;
    return bits;
}

}  // namespace

PrefixTree::PrefixTree(std::vector<IpPrefix> prefixes) : prefixes_(std::move(prefixes)) {
    std::sort(prefixes_.begin(), prefixes_.end());
    std::vector<std::int32_t> leaves;
    for (std::size_t i = 0; i < prefixes_.size(); ++i) {
        bool const inside = !leaves.empty() && prefixes_[leaves.back()].contains(prefixes_[i].address);
        (inside ? nested_ : leaves).push_back(static_cast<std::int32_t>(i));
    }
    branches_.reserve(leaves.size() * 2);
    if (!leaves.empty()) build(leaves, 0, leaves.size());
}

std::int32_t PrefixTree::build(std::vector<std::int32_t> const& leaves, std::size_t begin, std::size_t end) {
    auto const& first = prefixes_[leaves[begin]];
    Branch branch{.prefix = first};
    if (end - begin == 1) {
        branch.leaf = leaves[begin];
    } else {
        auto const& last = prefixes_[leaves[end - 1]];
        branch.prefix.length = shared_bits(first.address, last.address, std::min(first.length, last.length));
        branch.prefix = branch.prefix.network();
        auto const bit = AddressNumber{1} << (address_bits(first.family()) - 1 - branch.prefix.length);
        auto const middle = std::partition_point(
            leaves.begin() + begin, leaves.begin() + end,
            [&](std::int32_t leaf) { return (to_number(prefixes_[leaf].address) & bit) == 0; });
        auto const split = static_cast<std::size_t>(middle - leaves.begin());
        branch.left = build(leaves, begin, split);
        branch.right = build(leaves, split, end);
        for (auto const child : {branch.left, branch.right})
            branch.full &=
                branches_[child].full && branches_[child].prefix.length == branch.prefix.length + 1;
    }
    branches_.push_back(branch);
    return static_cast<std::int32_t>(branches_.size() - 1);
}

std::vector<ChosenRoute> PrefixTree::aggregate(std::vector<HopChoice> const& choices,
                                               std::optional<HopChoice> fallback) const {
    std::vector<Candidates> candidates(branches_.size());
    for (std::size_t i = 0; i < branches_.size(); ++i) {
        auto const& branch = branches_[i];
        if (branch.leaf >= 0)
            candidates[i] = single(choices[branch.leaf], fallback);
        else if (branch.full)
            candidates[i] = combine(candidates[branch.left], candidates[branch.right]);
        else
            candidates[i] = single(no_route, fallback);
    }
    std::vector<ChosenRoute> routes;
    std::vector<HopChoice> inherited(branches_.size(), fallback.value_or(no_route));
    if (fallback && !prefixes_.empty())
        routes.push_back({{IpAddress::any(prefixes_[0].family()), 0}, *fallback});
    for (std::size_t i = branches_.size(); i-- > 0;) {
        auto const& branch = branches_[i];
        auto const& own = candidates[i];
        HopChoice hops = inherited[i];
        if (!own.bare && !own.any && !own.has(hops)) {
            hops = own.choices[0];
            routes.push_back({branch.prefix, hops});
        }
        if (branch.leaf < 0) inherited[branch.left] = inherited[branch.right] = hops;
    }
    for (auto const leaf : nested_)
        if (choices[leaf] >= 0) routes.push_back({prefixes_[leaf], choices[leaf]});
    return routes;
}

}  // namespace vethwork::topology
