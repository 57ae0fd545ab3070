// The walks there and back of an exchange, and the one story that they make.
#pragma once

#include <vector>

#include <vethwork/diagnose/judge.hpp>
#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// The two walks of an exchange.
struct Walks {
    Walk forward, back;
    Site* target = nullptr;  ///< whom it is meant for, also where nothing leads there; null: not known
    Story story;
};

[[nodiscard]] Walks walk_both(Sites& sites, Site& start, Flow const& flow);
/// The namespaces that a story passes through, the sender's first.
[[nodiscard]] std::vector<Site*> sites_of(Sites& sites, Story const& story, Site& start);

}  // namespace vethwork::diagnose
