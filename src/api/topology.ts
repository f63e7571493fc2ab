/** SCALE-Sim's files, for whoever reads them from a disk. */
export { readComputeReport, readTopology } from '../model/topology.ts';
