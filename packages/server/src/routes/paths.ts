/** Patterns that several routes share. What does not match is 404: an id is 32 lowercase hex digits. */
export const folderPath = "/v1/folders/:folder{[0-9a-f]{32}}";
export const blobPath = `${folderPath}/blobs/:blob{[0-9a-f]{32}}`;
export const partPath = `${blobPath}/parts/:index{[0-9]{1,6}}`;
export const ownedSharePath = `${folderPath}/shares/:share{[0-9a-f]{32}}`;
export const sharePath = "/v1/shares/:share{[0-9a-f]{32}}";
export const sharedBlobPath = `${sharePath}/blobs/:blob{[0-9a-f]{32}}`;
export const sharedPartPath = `${sharedBlobPath}/parts/:index{[0-9]{1,6}}`;
