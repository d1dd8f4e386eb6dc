// A module of the waterworks.
module example.com/waterworks // no comment of a requirement

go 1.21

toolchain go1.21.3

require (
	example.com/gate/v2 v2.3.4
	"example.com/hinge" v1.0.9 // used in the gate
	example.org/old-bolt v0.9.0+incompatible
	example.com/pump v0.0.0-00010101000000-000000000000
	example.com/forked v1.4.0
	example.com/barred v1.1.0
)

require (
	example.com/bolt v0.0.0-20221212164502-fae10dda9338 // indirect
	example.com/washer v1.0.1 // indirect; of the bolt
)

require example.com/gauge v1.1.5 //indirect

replace (
	example.org/old-bolt v0.9.0+incompatible => example.org/new-bolt/v3 v3.1.0
	example.com/gauge v1.0.0 => ../gauge
)

replace example.com/pump => ../pump

replace example.com/forked => ./third_party/forked

exclude (
	example.com/barred v1.1.0
	example.com/gate/v2 v2.0.0
)

retract [v1.0.0, v1.2.0]

tool example.com/gate/v2/cmd/gate
