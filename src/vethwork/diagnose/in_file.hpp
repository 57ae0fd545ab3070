// Which line of the topology file has to do with what is wrong. A repair tells what object has to be changed;
// the lab knows where each of its objects was asked for. Pure.
#pragma once

#include <cstdint>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::topology {
struct Lab;
}

namespace vethwork::diagnose {

/// What a line has to do with the cause.
enum class LineRole : std::uint8_t {
    cause,       ///< it asks for what is wrong
    taken_away,  ///< it asks for what is missing
    changed,     ///< it asks for what is there in another way
    added,       ///< nothing asks for what is wrong; the line is that of the node, or of the link
    repair,      ///< it is about the right place, where a repair belongs
};

struct FilePlace {
    LineRole role = LineRole::repair;
    topology::Origin origin;

    bool operator==(FilePlace const&) const = default;
};

/// A lab as its file wants it, and one of its namespaces as it is; of sysctls those that the file names.
struct WantedAndActual {
    topology::Lab const& lab;
    topology::NetworkState const& wanted;
    topology::NamespaceState const& actual;
};

/// `port` is that of the exchange; 0: none. Nothing only where the file knows no such namespace.
[[nodiscard]] std::optional<FilePlace> place_in_file(Finding const& finding, std::uint16_t port,
                                                     WantedAndActual const& states);

}  // namespace vethwork::diagnose
