// What a lab with `internet: { mode: nat }` has of the network namespace where it is brought up: a cable's
// end, an nft table, and links that forward for it. `up` writes it down before it touches anything, and
// `down` gives it back, whatever state the lab is in.
#pragma once

#include <string>
#include <vector>

#include <vethwork/lab/lab.hpp>

namespace vethwork::lab {

/// Keeps others from changing what labs have of the machine, until it is closed.
[[nodiscard]] Result<Fd> lock_machine(Ground const& ground);

/// What this lab has, or would have, of the present namespace: forwarding is needed of each link that IPv4
/// routes lead to, and is noted where it is off, or is on only for a lab.
[[nodiscard]] Result<MachineShare> survey_machine(Ground const& ground, std::string const& lab);
/// A fault of limit where the cable's name or addresses are in use here.
[[nodiscard]] Result<> check_free(std::string const& lab);
/// Puts it into the network that is wanted, beside what is there of the machine already.
void complete_machine(topology::NetworkState& wanted, std::string const& lab, MachineShare const& share);
/// One sentence: what `up` changes here.
[[nodiscard]] std::string describe(MachineShare const& share);

/// Gives everything back, but what another lab has too, and strikes it out of the record. This thread is in
/// that namespace afterwards, where there still is one.
[[nodiscard]] std::vector<Error> release_machine(Ground const& ground, Record& record);

}  // namespace vethwork::lab
