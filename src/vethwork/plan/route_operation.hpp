// Operations on routes, and their words. Source: ip-route(8).
#pragma once

#include <string>
#include <vector>

#include <vethwork/plan/routing_words.hpp>
#include <vethwork/topology/route.hpp>

namespace vethwork::plan {

struct DeleteRoute;

/// What may be there before, and what becomes of it.
enum class RoutePutMode {
    add,      ///< nothing like it may be there
    append,   ///< behind others of the same destination
    prepend,  ///< in front of others
    change,   ///< takes the place of one that must be there
    replace,  ///< takes the place of one that may be there
    test,     ///< only asks whether it could be added
};

struct PutRoute {
    RoutePutMode mode = RoutePutMode::add;
    topology::Route route;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    /// Exact unless something else was replaced.
    [[nodiscard]] std::optional<DeleteRoute> inverse() const;
    [[nodiscard]] bool has_inverse() const {
        return mode == RoutePutMode::add || mode == RoutePutMode::append || mode == RoutePutMode::prepend;
    }
    bool operator==(PutRoute const&) const = default;
};

/// Takes away the first route that fits; what is left open in `route` fits everything: type unspecified,
/// protocol 0, scope nowhere.
struct DeleteRoute {
    topology::Route route;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteRoute const&) const = default;
};

/// The operation that takes away exactly this route, as it was made or as it was observed.
[[nodiscard]] DeleteRoute delete_route(topology::Route route);

/// The words behind `route add`, `route replace`, …, `route delete`.
[[nodiscard]] Result<PutRoute> parse_route_put(WordReader& words, RoutePutMode mode, RoutingContext& context);
[[nodiscard]] Result<DeleteRoute> parse_route_delete(WordReader& words, RoutingContext& context);

/// How `ip route` is used.
[[nodiscard]] Error route_usage();

}  // namespace vethwork::plan
