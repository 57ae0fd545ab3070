// The one process of a lab that stays: it holds a rootless lab's namespaces, and supervises services.
// Commands reach it through a socket in the lab's folder, one JSON object a line each way.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/lab/supervisor.hpp>

namespace vethwork::lab {

/// The socket that commands connect to; made before the keeper is started, and handed to it.
[[nodiscard]] Result<Fd> listen_for_commands(std::string const& path);

/// The keeper's life: serves commands on `listener` until told to end, or until SIGTERM; then stops all
/// services. Gives the exit status. `maker` is the read end of a pipe of whoever started it: where that is
/// closed without a byte, its maker has died before it wrote the keeper down, and it ends. `outside` is the
/// line to a hand outside; without one such services are started as all others are.
[[nodiscard]] int keep(int listener, std::optional<int> maker = {}, std::optional<int> outside = {});

/// Told of each change while services start.
using ServiceNews = std::function<void(ServiceStatus const&)>;

/// Starts services, and waits until each is ready or has failed; an error with EINTR where a signal's handler
/// ends the wait. What runs already and is not among them just so is first stopped.
[[nodiscard]] Result<std::vector<ServiceStatus>> start_services(std::string const& socket_path,
                                                                std::vector<Service> const& services,
                                                                ServiceNews const& news);
[[nodiscard]] Result<std::vector<ServiceStatus>> service_status(std::string const& socket_path);
/// Stops all services, and waits for it.
[[nodiscard]] Result<std::vector<ServiceStatus>> stop_services(std::string const& socket_path);

}  // namespace vethwork::lab
