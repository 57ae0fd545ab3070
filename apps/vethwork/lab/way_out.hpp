// The program that is a lab's way out.
#pragma once

#include <optional>

#include "lab/context.hpp"

namespace vethwork::app {

/// pasta, else slirp4netns, as a service outside of the lab; nothing where the lab is sealed or where none is
/// installed.
[[nodiscard]] std::optional<lab::Service> way_out_service(LoadedLab const& loaded, lab::Footing footing);
/// The program that a lab without a choice of its own gets: "pasta", "slirp4netns", or empty.
[[nodiscard]] std::string usual_way_out();
/// Why a lab that wants one has none.
[[nodiscard]] std::optional<Error> why_no_way_out(LoadedLab const& loaded, lab::Footing footing);

}  // namespace vethwork::app
