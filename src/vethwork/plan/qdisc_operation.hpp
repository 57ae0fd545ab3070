// Changes of the queueing discipline at the root of a link. Source: tc(8), tc-netem(8).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vethwork/topology/qdisc.hpp>

namespace vethwork::plan {

struct DeleteQdisc;

/// Only where none is there that somebody has put.
struct AddQdisc {
    topology::Qdisc qdisc;

    [[nodiscard]] std::string describe() const;
    /// Behind `tc`: {"qdisc", "add", "dev", "eth0", "root", "netem", "delay", "20ms"}.
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] DeleteQdisc inverse() const;
    bool operator==(AddQdisc const&) const = default;
};

struct DeleteQdisc {
    topology::Qdisc qdisc;

    [[nodiscard]] std::string describe() const;
    /// Behind `tc`: {"qdisc", "delete", "dev", "eth0", "root"}.
    [[nodiscard]] std::vector<std::string> words() const;
    /// Nothing where its settings are not known.
    [[nodiscard]] std::optional<AddQdisc> inverse() const;
    bool operator==(DeleteQdisc const&) const = default;
};

/// Other settings of a netem that is there; what waits in it stays. How its delay varies cannot be changed.
struct ChangeQdisc {
    topology::Qdisc qdisc, before;

    [[nodiscard]] std::string describe() const;
    /// Behind `tc`: {"qdisc", "change", "dev", "eth0", "root", "netem", …}; what was set before and is no
    /// more is named as 0.
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] ChangeQdisc inverse() const { return {before, qdisc}; }
    bool operator==(ChangeQdisc const&) const = default;
};

/// What tc(8) calls the settings of a netem: "delay 20ms 2ms loss 1%". Those that are 0 only where `before`
/// has them.
[[nodiscard]] std::vector<std::string> netem_words(topology::Netem const& netem,
                                                   topology::Netem const& before = {});

}  // namespace vethwork::plan
